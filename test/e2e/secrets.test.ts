// Tests that secrets do not leak: unique values go in as secrets, and then everything that the product wrote or printed
// is searched for them.
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RouteName } from "../../src/api/routes.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { dig } from "../../src/model/data/json.ts";
import { newestRun, PROJECT } from "./support/asking.ts";
import { type Application, idle, script, worker } from "./support/documents.ts";
import { dropNamespace, get, makeNamespace } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";

const NAME = "canary";
let product: Product;
let namespace: string;
/** Everything that a person could see, by the place where it was seen. */
const seen = new Map<string, string>();

const canary = (kind: string): string => `canary-${kind}-${randomBytes(9).toString("hex")}`;
const values = {
  component: canary("component"),
  binary: canary("binary"),
  storage: canary("storage"),
  storageBinary: canary("storagebinary"),
  lines: `${canary("first")}\n${canary("second")}`,
  later: canary("later"),
};

/** Every form in which a value could leak: as it is, line by line, in base64 at each alignment, in hex. */
function forms(value: string): readonly string[] {
  const inner = [0, 1, 2].map((shift) =>
    Buffer.from(value)
      .subarray(shift, shift + Math.floor((value.length - shift) / 3) * 3)
      .toString("base64"),
  );
  return [...value.split("\n"), Buffer.from(value).toString("base64"), ...inner, Buffer.from(value).toString("hex")];
}

const base64 = (text: string): { base64: string } => ({ base64: Buffer.from(text).toString("base64") });
const PRINT = 'echo "password $PASSWORD"; echo "value $STORED"; cat /etc/keys/*; echo; echo "$PASSWORD" | base64; env';

function document(component = values.component): Application {
  return {
    name: NAME,
    namespace,
    components: [
      {
        name: "login",
        type: "secret",
        properties: { data: { password: component, lines: values.lines, "key.bin": base64(values.binary) } },
      },
      { name: "talkative", type: "task", properties: script(`${PRINT}; [ ! -e /never ]`), traits: traits() },
      {
        name: "failing",
        type: "task",
        properties: script(`${PRINT}; echo "cannot log in with $PASSWORD" >&2; exit 1`),
        traits: traits("bad"),
      },
      {
        name: "crashing",
        type: "worker",
        timeout: "12s",
        properties: script(`${PRINT}; exit 1`),
        traits: traits("worse"),
      },
      worker("quiet", {
        properties: idle('echo "password $PASSWORD"'),
        traits: { env: { PASSWORD: { secret: "login", key: "password" } } },
      }),
    ],
  };
}

const traits = (suffix = "good") => ({
  env: { PASSWORD: { secret: "login", key: "password" } },
  storage: [
    { type: "secret", name: `stored-${suffix}`, data: { STORED: values.storage } },
    {
      type: "secret",
      name: `keys-${suffix}`,
      mountPath: "/etc/keys",
      data: { "tls.key": values.lines, "other.bin": base64(values.storageBinary) },
    },
  ],
});

async function note(where: string, words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await product.kubemin(...words);
  seen.set(where, `${stdout}\n${stderr}`);
  return stdout;
}

/** The answer of the API as text, also if it is an error. */
async function ask(path: string, init: RequestInit = {}): Promise<string> {
  const headers = { authorization: `Bearer ${product.token}`, "content-type": "application/yaml" };
  const answer = await fetch(product.url + path, { ...init, headers, signal: AbortSignal.timeout(10_000) });
  if (!answer.headers.get("content-type")?.includes("event-stream")) return await answer.text();
  return await replayed(answer);
}

/** The past events of a stream, up to the end of the run or of the stream. */
async function replayed(answer: Response): Promise<string> {
  let text = "";
  for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.includes("run.finished")) break;
  }
  return text;
}

beforeAll(async () => {
  namespace = await makeNamespace();
  product = await startProduct();
});

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
});

describe("secret values", () => {
  it("reach the pods and the cluster", async () => {
    const file = product.file("canary.json", document());
    await note("plan", ["plan", file]);
    await note("plan --objects", ["plan", file, "--objects"]);
    await note("plan --output json", ["plan", file, "--output", "json"]);
    await note("plan --offline --objects", ["plan", file, "--offline", "--objects"]);
    await note("deploy", ["deploy", file, "--yes"]);
    expect(await newestRun(product, NAME)).toMatchObject({ phase: "failed" });
    const login = await get(namespace, "secret", "login");
    const data = (key: string): string => Buffer.from(String(dig(login, "data", key)), "base64").toString();
    expect([data("password"), data("lines"), data("key.bin")]).toEqual([values.component, values.lines, values.binary]);
    const stored = await get(namespace, "secret", "stored-good");
    expect(Buffer.from(String(dig(stored, "data", "STORED")), "base64").toString()).toBe(values.storage);
  });

  it("are masked in a log that prints them", async () => {
    const log = await note("logs of a task", ["logs", `${NAME}/talkative`]);
    expect(log).toMatch(/password \S+/);
    expect(log).not.toContain(values.component);
    // The kubelet may have removed the previous container; then there is nothing to mask.
    await note("logs of a crashing worker", ["logs", `${NAME}/crashing`, "--previous"]);
    const quiet = await note("logs of a running worker", ["logs", `${NAME}/quiet`]);
    expect(quiet).toMatch(/password ••••••/);
  });

  it("keep their value when a document is read and sent back", async () => {
    const before = await get(namespace, "secret", "login");
    const application = await product.client.call("getApplication", {
      params: { project: PROJECT, application: NAME },
    });
    const params = { project: PROJECT, application: NAME };
    seen.set("document", JSON.stringify(application));
    const plan = await product.client.call("planApplication", {
      params: { project: PROJECT },
      body: JSON.stringify(application.document),
    });
    seen.set("plan of the document sent back", JSON.stringify(plan));
    expect(plan.changes.filter((one) => one.object.kind === "Secret").map((one) => one.action)).toEqual(
      plan.changes.filter((one) => one.object.kind === "Secret").map(() => "unchanged"),
    );
    const run = await product.client.call("deployApplication", { params, body: JSON.stringify(application.document) });
    await note("watch", ["watch", `${NAME}#${run.number}`]);
    const after = await get(namespace, "secret", "login");
    expect(after?.["data"]).toEqual(before?.["data"]);
    expect(after?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
  });

  it("show only that they changed", async () => {
    const file = product.file("canary.json", document(values.later));
    await note("second deploy", ["deploy", file, "--yes"]);
    const diff = await note("diff", ["diff", NAME]);
    expect(diff).toMatch(/Secret\/login/);
    await note("diff --output json", ["diff", NAME, "--output", "json"]);
    const login = await get(namespace, "secret", "login");
    expect(Buffer.from(String(dig(login, "data", "password")), "base64").toString()).toBe(values.later);
    await note("rollback", ["rollback", NAME, "1", "--yes"]);
    for (const words of [
      ["status", NAME],
      ["status", NAME, "--output", "json"],
      ["why", NAME],
      ["why", `${NAME}/failing`],
      ["runs", NAME],
      ["versions", NAME],
      ["retry", NAME],
      ["runs", "--output", "yaml"],
    ])
      await note(words.join(" "), words);
  });

  it("are not in a mistake's message", async () => {
    const wrong = document();
    const components = wrong.components.map((one) =>
      one.name === "login"
        ? {
            ...one,
            properties: {
              data: { "not a key": values.component, password: [values.lines], lines: { base64: `${values.binary}!` } },
            },
          }
        : one,
    );
    await note("problems", ["deploy", product.file("wrong.json", { ...wrong, components }), "--yes"]);
    await note("validate", ["validate", product.file("wrong.json", { ...wrong, components })]);
    const broken = `${JSON.stringify(wrong, null, 1).slice(0, -20)}\n"${values.component}`;
    await note("broken JSON", ["deploy", product.file("broken.json", broken), "--yes"]);
    await note("broken YAML", [
      "validate",
      product.file("broken.yaml", `name: x\ndata:\n  password: "${values.component}\n`),
    ]);
    expect(seen.get("problems")).toMatch(/problem/);
  });

  it("are in no answer of the API", async () => {
    const runs = await product.client.call("listRuns", { params: { project: PROJECT }, query: { application: NAME } });
    const [newest] = runs.items;
    const ids: Readonly<Record<string, string>> = {
      project: PROJECT,
      application: NAME,
      run: newest?.id ?? "",
      revision: "1",
      job: "failing",
      kind: "component",
      name: "secret",
    };
    const queries: Partial<Record<RouteName, string>> = {
      diffRevisions: "?from=1&to=2",
      streamEvents: `?application=${NAME}&after=0`,
      streamLogs: "?tail=1000",
    };
    for (const [name, route] of Object.entries(ROUTES)) {
      if (route.method !== "GET") continue;
      const path = route.path.replace(/:(\w+)/g, (_, key: string) => ids[key] ?? key);
      seen.set(`GET ${path}`, await ask(path + (queries[name as RouteName] ?? ""))); // a key of the table
    }
    for (const { id, jobs } of await Promise.all(
      runs.items.map(({ id }) => product.client.call("getRun", { params: { project: PROJECT, run: id } })),
    )) {
      seen.set(`run ${id}`, await ask(`/api/v1/projects/${PROJECT}/runs/${id}`));
      for (const job of jobs)
        seen.set(
          `log of ${job.name} of ${id}`,
          await ask(`/api/v1/projects/${PROJECT}/runs/${id}/jobs/${job.name}/log`),
        );
      seen.set(`events of ${id}`, await ask(`/api/v1/projects/${PROJECT}/events?run=${id}&after=0`));
    }
    seen.set(
      "POST plan",
      await ask(`/api/v1/projects/${PROJECT}/plan`, { method: "POST", body: JSON.stringify(document()) }),
    );
    expect([...seen.keys()].length).toBeGreaterThan(40);
    const log = [...seen].filter(([where]) => where.startsWith("log of failing"));
    expect(
      log.some(([, text]) => text.includes("cannot log in with")),
      "there was something to mask",
    ).toBe(true);
  });

  it("are nowhere but on the cluster", async () => {
    await product.kill(); // the files stay as a crash leaves them, with the write-ahead log
    for (const entry of readdirSync(product.home, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        seen.set(join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), "latin1"));
    seen.set("the server's output", product.output());
    expect([...seen.keys()].some((where) => where.endsWith(".db-wal"))).toBe(true);
    const leaks: string[] = [];
    for (const [kind, value] of Object.entries(values))
      for (const form of forms(value))
        for (const [where, text] of seen) {
          const at = text.indexOf(form);
          if (at >= 0)
            leaks.push(
              `${kind} (${form === value ? "plain" : form}) in ${where}: …${text.slice(Math.max(0, at - 120), at + form.length + 20)}…`,
            );
        }
    expect(leaks).toEqual([]);
  });
});

// Tests the types of examples/job-types on the real cluster: what they do, and how they fail.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runNamespaceOf } from "../../src/isolation/cluster/projectNamespace.ts";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import { importHelm, importKubectl, importSsh, SSHD_IMAGE } from "./support/images.ts";
import { apply, dropNamespace, get, kubectl, list, makeNamespace, until } from "./support/kubectl.ts";
import { EXAMPLES } from "./support/product.ts";
import { example, startTypes, type TypesServer } from "./support/types.ts";

const project = `types-${randomBytes(3).toString("hex")}`;
const ROOM = runNamespaceOf(project);
let types: TypesServer;
let shop: string;
let place: { readonly namespace: string; readonly project: string };

beforeAll(async () => {
  shop = await makeNamespace();
  place = { namespace: shop, project };
  types = await startTypes();
}, 300_000);
afterAll(async () => {
  await types?.stop();
  await dropNamespace(shop);
  await dropNamespace(ROOM);
});

const isReady = (pod: unknown): boolean => {
  const conditions = dig(pod, "status", "conditions");
  return (
    Array.isArray(conditions) &&
    conditions.some((one: unknown) => dig(one, "type") === "Ready" && dig(one, "status") === "True")
  );
};
const ready = (pods: readonly object[], app: string): boolean =>
  pods.some((pod) => dig(pod, "metadata", "labels", "app") === app && isReady(pod));

/** A pod with a program that listens, and its Service. */
async function serve(app: string, port: number, container: JsonObject): Promise<void> {
  await apply(
    shop,
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: app, labels: { app } },
      spec: {
        terminationGracePeriodSeconds: 0,
        volumes: [{ name: "files", configMap: { name: app, optional: true } }],
        containers: [
          {
            name: "main",
            readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
            imagePullPolicy: "IfNotPresent",
            ...container,
          },
        ],
      },
    },
    { apiVersion: "v1", kind: "Service", metadata: { name: app }, spec: { selector: { app }, ports: [{ port }] } },
  );
  await until(shop, "pods", (pods) => ready(pods, app));
}

describe("http-check", () => {
  it("asks a Service of the application, and tells a wrong answer from none", async () => {
    await serve("web", 80, {
      image: "busybox:1.36",
      command: ["sh", "-c", "mkdir /www; echo Welcome > /www/index.html; exec httpd -f -p 80 -h /www"],
    });
    await types.register(example("http-check"), project);
    const url = `http://web.${shop}.svc/`;
    const good = await types.run("http-check", { url, contains: "Welcome" }, place);
    expect(good.jobs[0]).toMatchObject({ phase: "succeeded", output: { bytes: 8 } });
    const policies = await list(ROOM, "networkpolicies", "--selector", "kubemin.dev/job-type=http-check");
    expect(dig(policies[0], "spec", "egress", 1)).toEqual({
      to: [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": shop } },
          podSelector: { matchLabels: { app: "web" } },
        },
      ],
      ports: [{ protocol: "TCP", port: 80 }],
    });
    const wrong = await types.run("http-check", { url, contains: "Goodbye" }, place);
    expect(wrong.jobs[0]).toMatchObject({
      phase: "failed",
      reason: { code: "MappedFailure", params: { name: "WrongAnswer", domain: "job" } },
    });
  });
});

describe("ai-eval", () => {
  let node: string;
  const devices = (count: string | null): Promise<string> =>
    kubectl([
      "patch",
      "node",
      node,
      "--subresource=status",
      "--type=merge",
      "--patch",
      JSON.stringify({ status: { capacity: { "nvidia.com/gpu": count }, allocatable: { "nvidia.com/gpu": count } } }),
    ]);
  beforeAll(async () => {
    const nodes = await list("default", "nodes");
    node = nodes.find((one) => one.metadata.labels?.["type"] !== "kwok")?.metadata.name ?? "";
    await devices("4");
    await types.register(example("ai-eval"), project, { devices: { "nvidia.com/gpu": 4 } });
  });
  afterAll(() => devices(null));

  it("runs on the devices that were granted, tells its progress, and gives its metrics", async () => {
    const dataset = [
      { question: "4", answer: "4" },
      { question: "five", answer: "5" },
      { question: "6", answer: "6" },
      { question: "7", answer: "7" },
    ];
    const id = await types.start("ai-eval", { model: "echo-1", dataset, gpus: 2 }, place);
    const told = JSON.stringify(await types.watch(id, project));
    const { jobs } = await types.get(id, project);
    expect(jobs[0]).toMatchObject({ phase: "succeeded", output: { model: "echo-1", samples: 4, accuracy: 0.75 } });
    expect(told).toContain('"JobProgress"');
    const [pod] = await list(ROOM, "pods", "--selector", "kubemin.dev/job-type=ai-eval");
    expect(dig(pod, "spec", "containers", 0, "resources", "limits", "nvidia.com/gpu")).toBe("2");
    expect(JSON.stringify(pod)).not.toContain("kubemin-attempt:");
  });

  it("is refused more than was granted, before anything is there", async () => {
    const input = { model: "echo-1", dataset: [{ question: "1", answer: "1" }], gpus: 8 };
    const { jobs } = await types.run("ai-eval", input, place);
    expect(jobs[0]).toMatchObject({ phase: "rejected", reason: { code: "PolicyDenied" } });
  });
});

describe("db-migrate", () => {
  it("brings a database to a version, once", async () => {
    await serve("db", 5432, { image: "postgres:17", env: [{ name: "POSTGRES_PASSWORD", value: "open sesame 4711" }] });
    await types.register(example("db-migrate"), project);
    // The dry run of the registration has created the namespace.
    await apply(ROOM, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "db-migrate" },
      stringData: { password: "open sesame 4711" },
    });
    const host = `db.${shop}.svc`;
    const migrations = [
      "create table users (id int primary key)",
      "alter table users add column name text; insert into users values (1, 'it''s')",
    ];
    const first = await types.run("db-migrate", { host, migrations }, place);
    expect(first.jobs[0]).toMatchObject({ phase: "succeeded", output: { version: 2, applied: 2 } });
    const again = await types.run("db-migrate", { host, migrations }, place);
    expect(again.jobs[0]).toMatchObject({ phase: "succeeded", output: { version: 2, applied: 0 } });
    const broken = await types.run(
      "db-migrate",
      { host, migrations: [...migrations, "create tabel x (id int)"] },
      place,
    );
    expect(broken.jobs[0]).toMatchObject({ phase: "failed", reason: { params: { name: "BadMigration" } } });
    const rows = await kubectl([
      "-n",
      shop,
      "exec",
      "db",
      "--",
      "psql",
      "-U",
      "postgres",
      "-tAc",
      "select name from users",
    ]);
    expect(rows.trim()).toBe("it's");
  });
});

describe("ssh-command", () => {
  it("comes to a real sshd whose key it was given, and to no other", async () => {
    await importSsh();
    const folder = mkdtempSync(join(tmpdir(), "kubemin-ssh-"));
    const keygen = (name: string): void =>
      void execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(folder, name)]);
    for (const name of ["host", "user", "other"]) keygen(name);
    const read = (name: string): string => readFileSync(join(folder, name), "utf8");
    const files = { host: read("host"), authorized: read("user.pub") };
    await apply(shop, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "sshd" }, data: files });
    const start = `cp /files/* /tmp/ && chmod 600 /tmp/host /tmp/authorized && exec /usr/sbin/sshd -D -e -f /dev/null -p 2222 -h /tmp/host -o PidFile=none -o AuthorizedKeysFile=/tmp/authorized -o StrictModes=no -o UsePAM=no`;
    await serve("sshd", 2222, {
      image: SSHD_IMAGE,
      command: ["sh", "-c", start],
      securityContext: { runAsUser: 1000 },
      volumeMounts: [{ name: "files", mountPath: "/files" }],
    });
    const address = String(dig(await get(shop, "pod", "sshd"), "status", "podIP"));
    const target = `${address.replace(/\.\d+$/, ".0/24")}:2222`;
    await types.register(example("ssh-command", { capabilities: { network: [target] } }), project);
    const hostKey = read("host.pub").trim();
    const base = {
      address,
      port: 2222,
      user: "ops",
      hostKey,
      key: read("user"),
      action: "say",
      argument: "hello there",
    };
    const { id, jobs } = await types.run("ssh-command", base, place);
    expect(jobs[0]).toMatchObject({ phase: "succeeded", output: { said: "hello there " } });
    // The key is only in a Secret, which is removed with the job.
    const run = JSON.stringify([await types.get(id, project), await types.watch(id, project)]);
    const line = read("user").split("\n")[2] ?? "";
    expect(run).not.toContain(line);
    const [pod] = await list(ROOM, "pods", "--selector", "kubemin.dev/job-type=ssh-command");
    expect(JSON.stringify(pod)).not.toContain(line);
    const stranger = await types.run(
      "ssh-command",
      { ...base, argument: "hello", hostKey: read("other.pub").trim() },
      place,
    );
    expect(stranger.jobs[0]).toMatchObject({
      phase: "failed",
      reason: { code: "MappedFailure", params: { name: "ConnectionBroken" } },
    });
    const elsewhere = await types.run("ssh-command", { ...base, argument: "hello", address: "192.0.2.9" }, place);
    expect(elsewhere.jobs[0]).toMatchObject({ phase: "rejected", reason: { code: "PolicyDenied" } });
    rmSync(folder, { recursive: true });
  });
});

describe("helm-install", () => {
  it("installs a chart with rights that end with it", async () => {
    const helm = await importHelm();
    const folder = mkdtempSync(join(tmpdir(), "kubemin-helm-"));
    execFileSync(helm, ["package", join(EXAMPLES, "charts/hello"), "--destination", folder], { stdio: "ignore" });
    const packed = readFileSync(join(folder, "hello-0.1.0.tgz")).toString("base64");
    await apply(shop, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "charts" },
      binaryData: { "hello-0.1.0.tgz": packed },
    });
    await serve("charts", 8080, {
      image: "busybox:1.36",
      command: ["httpd", "-f", "-p", "8080", "-h", "/files"],
      volumeMounts: [{ name: "files", mountPath: "/files" }],
    });
    await types.register(example("helm-install"), project);
    const chart = `http://charts.${shop}.svc:8080/hello-0.1.0.tgz`;
    const { jobs } = await types.run(
      "helm-install",
      { release: "hello", chart, secretValues: "password: open sesame 4711" },
      place,
    );
    expect(jobs[0]).toMatchObject({ phase: "succeeded", output: { release: "hello", revision: 1 } });
    expect((await list(shop, "deployments")).length).toBeGreaterThan(0);
    expect(await list(shop, "roles,rolebindings", "--selector", `kubemin.dev/project=${project}`)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

describe("chaos", () => {
  it("deletes half of the pods where that is allowed, and sees them come back", async () => {
    await importKubectl();
    const template = {
      metadata: { labels: { app: "victims" } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: "main", image: "busybox:1.36", command: ["sleep", "3600"] }],
      },
    };
    await apply(shop, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "victims" },
      spec: { replicas: 4, selector: { matchLabels: { app: "victims" } }, template },
    });
    await types.register(example("chaos"), project);
    const before = await until(
      shop,
      "pods",
      (pods) => pods.filter((pod) => dig(pod, "metadata", "labels", "app") === "victims" && isReady(pod)).length === 4,
    );
    const names = (pods: readonly object[]): readonly string[] =>
      pods
        .filter((pod) => dig(pod, "metadata", "labels", "app") === "victims")
        .map((pod) => String(dig(pod, "metadata", "name")));
    const input = { selector: "app=victims", percent: 50, seconds: 60 };
    const refused = await types.run("chaos", input, place);
    expect(refused.jobs[0]).toMatchObject({ phase: "failed", reason: { params: { name: "NotAllowedThere" } } });
    await kubectl(["annotate", "namespace", shop, "kubemin.dev/chaos=allowed"]);
    const { jobs } = await types.run("chaos", input, place);
    expect(jobs[0]).toMatchObject({ phase: "succeeded", output: { before: 4, deleted: 2 } });
    const after = names(await list(shop, "pods"));
    expect(names(before).filter((name) => after.includes(name))).toHaveLength(2);
  });
});

/** Starts a worker as its team does. The first line that it prints is its address. */
async function startWorker(
  program: string,
  file: string,
): Promise<{ readonly url: string; readonly stop: () => void }> {
  const env = { ...process.env, WORKER_SECRET: SECRET };
  const sources = program === process.execPath ? ["--conditions=kubemin-source"] : [];
  const child = spawn(program, [...sources, join(EXAMPLES, file)], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [first] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string]; // text, by the encoding
  return { url: first.trim(), stop: () => child.kill() };
}

const SECRET = "a secret of both sides";

describe("a worker of a team's own", () => {
  it.each([
    ["TypeScript", process.execPath, "worker-typescript/worker.ts", "thumbnails", { images: ["a", "b"] }, { made: 2 }],
    [
      "Python",
      "python3",
      "worker-python/worker.py",
      "word-count",
      { text: "the quick fox" },
      { words: 3, longest: "quick" },
    ],
  ])("in %s does what it is told, and tells its progress", async (_, program, file, name, input, output) => {
    const worker = await startWorker(program, file);
    try {
      await types.register(example(name, { runtime: { tier: "T2", url: worker.url, secret: SECRET } }), project);
      const run = await types.run(name, input, { project });
      expect(run.jobs[0]).toMatchObject({ phase: "succeeded", output });
      expect(JSON.stringify(await types.watch(run.id, project))).toContain('"JobProgress"');
      expect(
        JSON.stringify([run, await types.client.call("getJobType", { params: { project, type: name } })]),
      ).not.toContain(SECRET);
    } finally {
      worker.stop();
    }
  });
});

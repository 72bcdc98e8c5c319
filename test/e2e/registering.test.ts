// Tests registering with a real cluster: the API server decides by a dry run in the namespace of the project's jobs.
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ApiError } from "../../src/api/client.ts";
import { runNamespaceOf } from "../../src/isolation/cluster/projectNamespace.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { dropNamespace, get, list } from "./support/kubectl.ts";
import { example, startTypes, type TypesServer } from "./support/types.ts";

const project = `register-${randomBytes(3).toString("hex")}`;
const ROOM = runNamespaceOf(project);
let types: TypesServer;
beforeAll(async () => {
  types = await startTypes();
}, 300_000);
afterAll(async () => {
  await types?.stop();
  await dropNamespace(ROOM);
});

const greet = (spec: JsonObject = {}): JsonObject => example("greet", spec);
const checksOf = (checks: readonly { readonly check: string; readonly result: string }[]) =>
  Object.fromEntries(checks.map((one) => [one.check, one.result]));

it("asks the cluster by a dry run, makes the jobs' namespace and no pod, and runs the type then", async () => {
  const { client } = types;
  const body = JSON.stringify(greet());
  const before = await client.call("checkJobType", { params: { project }, body });
  expect(checksOf(before.checks)["dry-run"]).toBe("skipped");
  const type = await client.call("registerJobType", { params: { project }, body });
  expect(type.state).toBe("active");
  expect(checksOf(type.checks)["dry-run"]).toBe("ok");
  expect(await get("", "namespace", ROOM)).toMatchObject({ metadata: { name: ROOM } });
  expect(await list(ROOM, "pods")).toEqual([]);
  const run = await types.run("greet", { who: "ada" }, { project });
  expect(run).toMatchObject({ phase: "succeeded", jobs: [{ type: "greet" }] });
});

it("tells what only the cluster refuses, and registers nothing", async () => {
  const ports = [
    { name: "http", containerPort: 8080 },
    { name: "http", containerPort: 8081 },
  ];
  const spec = { containers: [{ ports }] };
  const runtime = { tier: "T1", image: "busybox:1.36", template: { spec } };
  const refused = await types.client
    .call("registerJobType", { params: { project }, body: JSON.stringify(greet({ version: "1.1.0", runtime })) })
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ApiError);
  const { body } = refused as ApiError; // the line above checks this
  expect(body.problems?.map((one) => `${one.code} ${one.pointer}`)).toEqual(["DryRunRefused /spec/runtime"]);
  expect(body.problems?.[0]?.message).toContain("Duplicate value");
  expect(checksOf(body.checks ?? [])["dry-run"]).toBe("failed");
});

it("keeps a secret that a pod gives, and prints, out of its own files and answers, whatever becomes of the pod", async () => {
  const key = { type: "string", maxLength: 40, format: "password" };
  const output = { type: "object", properties: { key } };
  const typed = (name: string, end: string): JsonObject => {
    // The text is put together in the pod, so that no registration contains it.
    const script = `key=canary-$((40 + 2))-${name}; echo "kubemin-output:{\\"key\\":\\"$key\\"}"; echo "made $key"; ${end}`;
    const template = { spec: { containers: [{ command: ["sh", "-c", script] }] } };
    const runtime = { tier: "T1", image: "busybox:1.36", template };
    return { ...greet({ input: { type: "object" }, output, examples: [], runtime }), metadata: { name } };
  };
  for (const document of [typed("gives-key", "true"), typed("gives-and-fails", "exit 3")])
    await types.client.call("registerJobType", { params: { project }, body: JSON.stringify(document) });
  const [good, bad] = await Promise.all([
    types.run("gives-key", {}, { project }),
    types.run("gives-and-fails", {}, { project }),
  ]);
  expect(good.jobs[0]).toMatchObject({ phase: "succeeded", output: { key: "••••••" } });
  expect(bad.jobs[0]).toMatchObject({ phase: "failed", reason: { params: { exitCode: 3 } } });
  const { home } = types.product;
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  expect(texts.some((text) => text.includes("gives-and-fails"))).toBe(true);
  for (const text of [...texts, types.product.output(), JSON.stringify([good, bad])])
    expect(text.includes("canary-42-")).toBe(false);
});

// Tests job types over the API: register, run, change, grant, stop; also which requests are refused, with which code,
// and how fast.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerOf } from "../../src/api/client.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";
import { aDocument, newName } from "./documents.ts";

const EXAMPLES = join(import.meta.dirname, "..", "..", "examples", "job-types");
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

type Type = AnswerOf<"getJobType">;

function register(document: JsonObject, project = "default"): Promise<Type> {
  return server.client.call("registerJobType", { params: { project }, body: JSON.stringify(document) });
}

async function run(type: string, input: JsonObject, more: { version?: string; project?: string } = {}) {
  const { project = "default", ...rest } = more;
  const { id } = await server.client.call("startRun", { params: { project }, body: { type, input, ...rest } });
  return ended(id, project);
}

async function ended(id: string, project = "default"): Promise<AnswerOf<"getRun">> {
  const call = { params: { project }, query: { run: id } };
  for await (const { data } of server.client.stream("streamEvents", call, AbortSignal.timeout(15_000)))
    if (data.type === "run.finished") break;
  return server.client.call("getRun", { params: { project, run: id } });
}

describe("a job type", () => {
  it("runs within two seconds after it was registered", async () => {
    let [type, took] = [await register(aDocument(newName())), Number.POSITIVE_INFINITY];
    // The best of several tries counts, because other programs use this machine too.
    for (let tries = 0; tries < 5 && took >= 2_000; tries += 1) {
      const name = newName();
      const began = performance.now();
      type = await register(aDocument(name));
      expect(type).toMatchObject({ name, owner: "default", state: "active", tier: "T1", version: "1.0.0" });
      const ran = await run(name, { who: "ada" });
      took = performance.now() - began;
      expect(ran).toMatchObject({ phase: "succeeded", jobs: [{ name, type: name }] });
    }
    expect(took).toBeLessThan(2_000);
    const checks = Object.fromEntries(type.checks.map((one) => [one.check, one.result]));
    expect(checks).toEqual({
      shape: "ok",
      name: "ok",
      execution: "ok",
      "schema-size": "ok",
      "meta-schema": "ok",
      examples: "ok",
      template: "ok",
      policy: "ok",
      "dry-run": "ok",
      compatibility: "skipped",
      "sample-run": "skipped",
      grant: "ok",
    });
  });

  it.each(readdirSync(EXAMPLES))("can be registered from examples/job-types/%s", async (file) => {
    const type = await server.client.call("registerJobType", {
      params: { project: "examples" },
      body: readFileSync(join(EXAMPLES, file), "utf8"),
    });
    expect(["active", "draft"]).toContain(type.state);
    // A type that asks for permissions becomes active when an administrator grants them.
    const to = { type: type.name, grantee: "examples" };
    expect((await server.client.call("grantJobType", { params: to, body: {} })).state).toBe("active");
  });

  it("gives in a sandbox, where nothing is computed, what it promises", async () => {
    const name = newName();
    const output = { type: "object", properties: { score: { type: "number", minimum: 3 } }, required: ["score"] };
    await register(aDocument(name, { output }));
    const ran = await run(name, { who: "ada" });
    expect(ran.phase).toBe("succeeded");
    const [job] = await server.dependencies.store.runs.jobs(ran.id);
    expect(job?.output).toEqual({ score: 3 });
  });

  it("refuses an input that its schema does not take, with the place", async () => {
    const name = newName();
    await register(aDocument(name));
    const answer = await server.request("/api/v1/projects/default/runs", {
      method: "POST",
      body: JSON.stringify({ type: name, input: { who: 3, why: 1 } }),
      headers: { "content-type": "application/json" },
    });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ pointer: "/input/who" })]),
    });
  });
});

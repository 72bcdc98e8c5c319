// Tests the fields of a registration that describe its execution: whether the caller waits for the end, where events
// are sent, how many pods a job has. A value without a meaning is refused.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/model/data/json.ts";
import { gatedStore } from "../support/gatedStore.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";
import { aDocument, newName } from "./documents.ts";
import { typeServer } from "./server.ts";

/** One caller may use half of the slots, which is one. */
const SLOTS = 2;
let server: TestServer;
/** A promise that holds back the end of every run until it resolves. */
let gate = Promise.withResolvers<void>();
gate.resolve();
beforeAll(async () => {
  server = await startTestServer({
    waitSlots: SLOTS,
    store: (store) => gatedStore(store, () => gate.promise),
  });
});
afterAll(() => {
  gate.resolve();
  return server.close();
});
const { ask, register, refused, ended } = typeServer(() => server);

const waiting = async () =>
  /^kubemin_waiting_requests (\d+)$/m.exec(await (await server.request("/metrics")).text())?.[1];

async function typeOf(execution: JsonObject): Promise<string> {
  const name = newName("execution");
  await register(aDocument(name, { execution }));
  return name;
}
const start = (type: string, query = "", more: JsonObject = {}) =>
  ask(`/projects/default/runs${query}`, { type, input: { who: "ada" }, ...more });

describe("the mode of a type", () => {
  it("sync gives the end in the answer, also of a version that is named", async () => {
    const name = await typeOf({ mode: "sync" });
    expect(await start(name)).toMatchObject({ status: 200, body: { phase: "succeeded" } });
    expect(await start(name, "", { version: "1.0.0" })).toMatchObject({ status: 200, body: { phase: "succeeded" } });
  });

  it("async, or none, gives an address at once, and the end to who asks to wait", async () => {
    for (const execution of [{ mode: "async" }, {}]) {
      const name = await typeOf(execution);
      gate = Promise.withResolvers();
      const answer = await start(name);
      expect(answer).toMatchObject({ status: 202, body: { phase: "running" } });
      gate.resolve();
      // The answer is a run, so it has an id.
      expect((await ended(answer.body["id"] as string)).phase).toBe("succeeded");
      expect((await start(name, "?wait=30s")).status).toBe(200);
    }
  });

  it("sync waits in the places for waiting, and not at all for who says so or begins later", async () => {
    const name = await typeOf({ mode: "sync" });
    gate = Promise.withResolvers();
    const waits = start(name);
    await expect.poll(waiting, { timeout: 15_000 }).toBe("1");
    expect(await start(name)).toMatchObject({ status: 429, body: { code: "TooManyWaits" } });
    expect((await start(name, "?wait=0s")).status).toBe(202);
    expect((await start(name, "", { startAt: new Date(Date.now() + 3_600_000).toISOString() })).status).toBe(202);
    gate.resolve();
    expect((await waits).status).toBe(200);
  });
});

interface Warned {
  readonly check: string;
  readonly result: string;
  readonly problems: readonly { readonly code: string; readonly severity: string; readonly pointer: string }[];
}

describe("the callback of a type", () => {
  const executionOf = async (callback: string, project = "default"): Promise<Warned | undefined> => {
    const type = await register(aDocument(newName("execution"), { execution: { callback } }), project);
    expect(type.state).toBe("active");
    return type.checks.find((one) => one.check === "execution");
  };

  it("warns while the project has no sink of the kind", async () => {
    const missing = { code: "CallbackWithoutSink", severity: "warning", pointer: "/spec/execution/callback" };
    for (const callback of ["kafka", "webhook"])
      expect(await executionOf(callback)).toMatchObject({ result: "ok", problems: [missing] });
    const hook = { name: "ci", type: "webhook", url: "https://ci.example.com/kubemin" };
    const added = await ask("/projects/default/sinks", hook);
    expect(added.status, JSON.stringify(added.body)).toBe(201);
    expect(await executionOf("webhook")).toMatchObject({ result: "ok", problems: [] });
    expect(await executionOf("kafka")).toMatchObject({ result: "ok", problems: [missing] });
    expect(await executionOf("webhook", "other")).toMatchObject({ problems: [missing] });
  });

  it("needs nothing for a stream, or for none", async () => {
    for (const callback of ["stream", "none"]) expect(await executionOf(callback)).toMatchObject({ problems: [] });
  });
});

describe("a gang", () => {
  it("that does not say how many pods it has is refused at each place where it stands, beside what else is wrong", async () => {
    const resources = { gpu: { min: 2, max: 8, gang: true } };
    expect(await refused(aDocument(newName(), { profile: "gang" }))).toMatchObject({
      status: 422,
      problems: ["GangWithoutPods /spec/profile"],
      failed: ["execution"],
    });
    const both = await refused(aDocument(newName(), { profile: "gang", resources, input: { type: "objekt" } }));
    expect(both.problems).toContain("GangWithoutPods /spec/profile");
    expect(both.problems).toContain("GangWithoutPods /spec/resources/gpu/gang");
    expect(both.problems.some((one) => one.startsWith("SchemaInvalid"))).toBe(true);
  });

  it("says it by a number or by an input, which an example must make a number of pods", async () => {
    const name = newName();
    const runtime = (pods: number | string) => ({ tier: "T1", image: "busybox:1.36", pods });
    expect((await register(aDocument(name, { profile: "gang", runtime: runtime(4) }))).name).toBe(name);
    const input = { type: "object", properties: { pods: { type: "integer" } } };
    const asked = (count: number) =>
      refused(
        aDocument(newName(), {
          input,
          examples: [{ title: "one", input: { pods: count } }],
          runtime: runtime("{{input.pods}}"),
        }),
      );
    expect((await asked(300)).problems).toEqual(["GangSize /spec/runtime/pods"]);
  });

  it("that is none is a type for devices", async () => {
    const name = newName();
    expect((await register(aDocument(name, { resources: { gpu: { max: 8, gang: false } } }))).name).toBe(name);
  });
});

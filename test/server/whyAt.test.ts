// `why` for an earlier time: why a job ran or did not run at that time, and with which values.
import { afterEach, beforeEach, expect, it } from "vitest";
import type { JsonObject } from "../../src/model/data/json.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

const project = "default";
const params = { project };
let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  await server.close();
});

const GATED = {
  name: "gated",
  workflow: {
    inputs: { stage: { type: "string", default: "test" } },
    steps: [
      { name: "rest", type: "wait", properties: { for: "10ms" } },
      { name: "ship", type: "wait", if: '/inputs/stage == "prod"', dependsOn: ["rest"], properties: { for: "10ms" } },
      { name: "ask", type: "approve", dependsOn: ["ship"], properties: { who: ["lin"], message: "ship it?" } },
      { name: "after", type: "wait", dependsOn: ["ask"], properties: { for: "10ms" } },
    ],
  },
} satisfies JsonObject;

async function start(document: JsonObject): Promise<string> {
  const { id } = await server.client.call("startRun", { params, query: {}, headers: {}, body: { document } });
  return id;
}

const look = (run: string) => server.client.call("getRun", { params: { project, run } });
const until = (run: string, state: string) =>
  expect.poll(async () => (await look(run)).state, { timeout: 20_000 }).toBe(state);
const why = (run: string, query: { readonly job?: string; readonly at?: string }) =>
  server.client.call("explainRun", { params: { project, run }, query });
const sent = async (run: string) => await server.dependencies.store.events.after({ project, run }, 0, 1_000);
const later = (at: string, milliseconds: number): string => new Date(Date.parse(at) + milliseconds).toISOString();

async function ended(): Promise<{ readonly run: string; readonly waited: string }> {
  const run = await start(GATED);
  await expect.poll(async () => (await look(run)).reason?.code, { timeout: 20_000 }).toBe("Approval");
  const waited = (await sent(run)).at(-1)?.at ?? "";
  // The server's times have milliseconds, so the next event must come at least one millisecond later.
  await expect.poll(() => new Date().toISOString() > waited).toBe(true);
  await server.client.call("cancelRun", { params: { project, run }, body: { finally: "run" } });
  await until(run, "cancelled");
  return { run, waited };
}

it("says why a step was skipped, and on which values, long after the run has ended", async () => {
  const { run, waited } = await ended();
  const skipped = (await sent(run)).find((one) => one.data["job"] === "ship" && one.data["phase"] === "skipped");
  const told = await why(run, { job: "ship", at: waited });
  expect(told.sentence).toBe(
    `ship: was skipped at ${skipped?.at}: its condition is not met: /inputs/stage == "prod" (/inputs/stage = "test").`,
  );
  expect(told.chain[0]?.evidence).toMatchObject([
    { source: "decision", object: "/inputs/stage", text: '"test"' },
    { source: "decision", object: "rest", text: "succeeded when this was decided" },
  ]);
  // Without a time, `why` explains how the run ended.
  expect((await why(run, { job: "after" })).chain[0]?.reason.code).toBe("CancelledBy");
});

it("tells the decisions of a moment: what ran, what had not begun and for what it waited", async () => {
  const { run, waited } = await ended();
  const told = await why(run, { at: waited });
  expect(told.sentence).toMatch(
    /^gated: at \S+Z 1 of its jobs were under way, 0 were held back, 1 had not begun, 2 had ended; ask: had been waiting since \S+Z: waits for an approval by lin: ship it\?$/,
  );
  expect(told.moment?.jobs.map(({ name, phase }) => `${name} ${phase}`)).toEqual([
    "ask pending",
    expect.stringMatching(/^(rest succeeded|ship skipped)$/),
    expect.stringMatching(/^(rest succeeded|ship skipped)$/),
    "after waiting",
  ]);
  const after = await why(run, { job: "after", at: waited });
  expect(after.chain.map((one) => [one.subject, one.reason.code])).toEqual([
    ["after", "NotBegun"],
    ["ask", "PendingSince"],
  ]);
  const end = await why(run, { at: later((await look(run)).finishedAt ?? "", 1) });
  expect(end.moment?.jobs.map((one) => one.phase)).toContain("cancelled");
  const path = `/api/v1/projects/${project}/runs/${run}/why?at=${waited}`;
  const chinese = await server.request(path, { headers: { "accept-language": "zh" } });
  expect(await chinese.text()).toContain("1 个作业进行中");
});

it("says who had the lock that a job waited for", async () => {
  const locked = (name: string, time: string): JsonObject => ({
    name,
    workflow: { steps: [{ name: "train", type: "wait", locks: [{ key: "gpu" }], properties: { for: time } }] },
  });
  const first = await start(locked("first", "1h"));
  await expect.poll(async () => (await look(first)).jobs[0]?.phase).toBe("running");
  const second = await start(locked("second", "50ms"));
  await expect.poll(async () => (await look(second)).jobs[0]?.phase).toBe("queued");
  const held = (await sent(second)).at(-1)?.at ?? "";
  await expect.poll(() => new Date().toISOString() > held).toBe(true);
  await server.client.call("cancelRun", { params: { project, run: first }, body: { finally: "run" } });
  await until(second, "succeeded");
  const told = await why(second, { at: held });
  expect(told.sentence).toContain(`train: had been held back since ${held}: waits for run ${first}, job train`);
  expect(told.moment?.jobs[0]?.evidence).toMatchObject([
    { object: "default/key/gpu", text: `at most 1 may hold it at a time; it was held by run ${first}, job train` },
  ]);
  const started = (await sent(second)).find((one) => one.data["attempt"] === 1)?.at ?? "";
  const took = await why(second, { job: "train", at: started });
  expect(took.chain[0]?.evidence).toMatchObject([{ object: "default/key/gpu", text: "taken when it started" }]);
});

it("refuses a moment before the run, one that has not come, and one that the record does not reach", async () => {
  const { run, waited } = await ended();
  const { createdAt, finishedAt } = await look(run);
  const refused = async (at: string) => await why(run, { at }).catch((error: unknown) => error);
  expect(await refused(later(createdAt, -1))).toMatchObject({ status: 400, body: { code: "MomentBeforeRun" } });
  expect(await refused(later(new Date().toISOString(), 60_000))).toMatchObject({ body: { code: "MomentAhead" } });
  expect(await refused("yesterday")).toMatchObject({ status: 400 });
  const before = later(new Date().toISOString(), 60_000);
  await server.dependencies.store.retention.events({ before, after: null, limit: 1_000 });
  expect(await refused(waited)).toMatchObject({ status: 404, body: { code: "RecordGone" } });
  const end = await why(run, { at: later(finishedAt ?? "", 1) });
  expect(end.moment?.jobs.map((one) => one.phase)).toContain("skipped");
});

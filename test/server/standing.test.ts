// The state of a run is the same in the run, the list of runs, the status, `why` and the metrics, also for a run that
// no process drives yet.
import { afterEach, expect, it } from "vitest";
import type { JsonObject } from "../../src/model/data/json.ts";
import { NO_HOLDERS } from "../../src/model/kubernetes/capacity.ts";
import { reason } from "../../src/model/reasons/reason.ts";
import type { CapacityQuestion } from "../../src/ports/cluster.ts";
import { startTestServer, type TestOptions, type TestServer } from "../support/testServer.ts";

const params = { project: "default" };
const open: TestServer[] = [];

async function started(options: TestOptions = {}): Promise<TestServer> {
  const server = await startTestServer(options);
  open.push(server);
  return server;
}

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const gate = (name: string) => ({ name, type: "approve", properties: { who: ["lin"], message: "ship it?" } });
const workflow = (name: string, steps: readonly object[]): JsonObject => ({
  name,
  workflow: { steps: JSON.parse(JSON.stringify(steps)) },
});

async function start(server: TestServer, document: JsonObject, more: { readonly startAt?: string } = {}) {
  return await server.client.call("startRun", { params, query: {}, headers: {}, body: { document, ...more } });
}

const look = (server: TestServer, run: string) => server.client.call("getRun", { params: { ...params, run } });
const why = (server: TestServer, run: string, job?: string) =>
  server.client.call("explainRun", { params: { ...params, run }, query: job === undefined ? {} : { job } });

async function until(server: TestServer, run: string, state: string) {
  await expect.poll(async () => (await look(server, run)).state, { timeout: 20_000 }).toBe(state);
  return await look(server, run);
}

it("a run that begins next year is scheduled, and nothing of it is about to start", async () => {
  const server = await started();
  const startAt = new Date(Date.now() + 365 * 86_400_000).toISOString();
  const { id } = await start(server, workflow("later", [{ name: "rest", type: "wait", properties: { for: "1s" } }]), {
    startAt,
  });
  const run = await look(server, id);
  expect(run).toMatchObject({ phase: "running", state: "scheduled", reason: { code: "Scheduled", who: "nobody" } });
  expect(run.jobs[0]?.reason).toMatchObject({ code: "Scheduled", message: `starts at ${startAt}` });
  // The event shows the same number as the run.
  const [created] = await server.dependencies.store.events.after({ project: "default", run: id }, 0, 1);
  expect(created).toMatchObject({ type: "run.created", data: { number: run.number, startAt } });
  const { items } = await server.client.call("listRuns", { params, query: { limit: 5 } });
  expect(items).toMatchObject([{ state: "scheduled", reason: { code: "Scheduled" } }]);
  expect((await why(server, id)).sentence).toBe(`later: starts at ${startAt}.`);
  const metrics = await (await server.request("/metrics")).text();
  expect(metrics).toContain('kubemin_runs_by_state{state="scheduled"} 1');
  expect(metrics).toContain('kubemin_runs_by_state{state="running"} 0');
});

it("a schedule whose times are wrong is told how times are written", async () => {
  const server = await started();
  const wrong = server.client.call("putSchedule", {
    params: { ...params, schedule: "nightly" },
    body: { cron: "61 * * * *", run: { type: "wait", input: { for: "1s" } } },
  });
  await expect(wrong).rejects.toMatchObject({
    status: 400,
    body: { code: "InvalidSchedule", advice: expect.stringContaining("minute hour day month weekday") },
  });
});

it("the third of two runs says who has the places", async () => {
  const server = await started({ projectLimit: 2 });
  const first = await start(server, workflow("one", [{ name: "hold", type: "wait", properties: { for: "4s" } }]));
  const second = await start(server, workflow("two", [{ name: "hold", type: "wait", properties: { for: "4s" } }]));
  const third = await start(server, workflow("three", [{ name: "ask", type: "wait", properties: { for: "1s" } }]));
  const run = await until(server, third.id, "queued");
  expect(run.reason).toMatchObject({ code: "PlacesTaken", params: { taken: 2, limit: 2 }, who: "nobody" });
  for (const { id } of [first, second]) expect(run.reason?.message).toContain(id);
  expect(run.jobs[0]).toMatchObject({ phase: "waiting", reason: { code: "PlacesTaken" } });
  expect((await why(server, third.id)).sentence).toContain("2 of 2 slots of this project are in use by");
  expect((await why(server, third.id, "ask")).chain.at(-1)?.reason.code).toBe("PlacesTaken");
  for (const { id } of [first, second])
    await server.client.call("cancelRun", { params: { ...params, run: id }, body: { finally: "run" } });
  await until(server, third.id, "succeeded");
});

it("a run whose jobs only wait is waiting, paused when it is paused, and why says for whom", async () => {
  const server = await started();
  const { id } = await start(
    server,
    workflow("gated", [gate("ask"), { name: "after", type: "wait", properties: { for: "1s" } }]),
  );
  const run = await until(server, id, "waiting");
  expect(run.reason?.code).toBe("Approval");
  expect((await why(server, id)).sentence).toBe("ask: waits for an approval by lin: ship it?");
  expect((await why(server, id, "after")).chain.map((one) => [one.subject, one.reason.code])).toEqual([
    ["after", "Dependencies"],
    ["ask", "Approval"],
  ]);
  await server.client.call("pauseRun", { params: { ...params, run: id } });
  expect((await until(server, id, "paused")).reason).toMatchObject({ code: "Paused", who: "you" });
  expect((await why(server, id)).chain.map((one) => one.reason.code)).toEqual(["Paused"]);
  await server.client.call("cancelRun", { params: { ...params, run: id }, body: { finally: "run" } });
  await until(server, id, "cancelled");
  expect((await why(server, id)).chain.at(-1)?.reason.code).toBe("CancelledBy");
  await expect(why(server, id, "aftr")).rejects.toMatchObject({ status: 404 });
});

it("why of an application names the step of its workflow that failed, and the root of what was skipped", async () => {
  const server = await started();
  const application = "shop";
  const body = JSON.stringify({
    name: application,
    components: [{ name: "web", type: "webservice", properties: { image: "nginx:1", port: 80 } }],
    workflow: {
      steps: [
        { name: "bring", type: "deploy", properties: { components: ["web"] } },
        { name: "smoke", type: "http", properties: { url: "http://127.0.0.1:9/" }, retry: { attempts: 1 } },
        { name: "tell", type: "notify", properties: { message: "done" } },
        { name: "last", type: "notify", properties: { message: "done" } },
      ],
    },
  });
  const run = await server.client.call("deployApplication", {
    params: { ...params, application },
    query: {},
    body,
    headers: {},
  });
  await expect.poll(async () => (await look(server, run.id)).phase, { timeout: 20_000 }).not.toBe("running");
  const status = await server.client.call("getStatus", { params: { ...params, application } });
  expect(status.health).toBe("degraded");
  const cause = await server.client.call("explainWhy", { params: { ...params, application }, query: {} });
  expect(cause.chain.map((one) => one.subject)).toEqual(["smoke"]);
  const last = await server.client.call("explainWhy", {
    params: { ...params, application },
    query: { component: "last" },
  });
  expect(last.chain.map((one) => one.subject)).toEqual(["last", "smoke"]);
  expect(last.chain[0]?.reason.message).toBe("because smoke did not succeed");
  // The event, the view of the run and `why` show the same reason.
  expect((await look(server, run.id)).jobs.find((one) => one.name === "last")?.reason.message).toBe(
    "because smoke did not succeed",
  );
});

it("a component that its condition left out says which version still runs, and has not drifted", async () => {
  const server = await started();
  const application = "shop";
  const deploy = async (image: string, condition: string | undefined) => {
    const body = JSON.stringify({
      name: application,
      components: [{ name: "web", type: "webservice", properties: { image, port: 80 } }],
      workflow: {
        inputs: { go: { type: "boolean", default: false } },
        steps: [
          {
            name: "bring",
            type: "deploy",
            properties: { components: ["web"] },
            ...(condition === undefined ? {} : { if: condition }),
          },
        ],
      },
    });
    const run = await server.client.call("deployApplication", {
      params: { ...params, application },
      query: {},
      body,
      headers: {},
    });
    await expect.poll(async () => (await look(server, run.id)).phase, { timeout: 20_000 }).toBe("succeeded");
  };
  await deploy("nginx:1.27", undefined);
  await deploy("nginx:1.28", "/inputs/go");
  const status = await server.client.call("getStatus", { params: { ...params, application } });
  expect(status).toMatchObject({ health: "healthy", components: [{ state: "ready", reason: { code: "LeftOut" } }] });
  expect(status.components[0]?.reason.message).toMatch(
    /^left out by its condition in run 2 \(.*\); revision v1 still runs$/,
  );
  expect(status.components[0]?.drift).toBeUndefined();
  const all = await server.client.call("explainWhy", { params: { ...params, application }, query: {} });
  expect(all.chain.map((one) => one.reason.code)).toEqual(["Ready"]);
});

it("status, run and why say the same of a task that waits for room", async () => {
  const server = await started();
  const capacity: CapacityQuestion = {
    check: async () => ({
      class: "waits",
      reason: reason("NoNodes"),
      missing: [],
      holders: NO_HOLDERS,
      nodes: { total: 1, suitable: 1 },
    }),
    overview: () => Promise.reject(new Error("not asked here")),
    leave: () => undefined,
    subscribe: () => () => undefined,
  };
  Object.assign(server.sandbox, { capacity });
  const application = "train";
  const body = JSON.stringify({
    name: application,
    components: [{ name: "train", type: "task", properties: { image: "busybox:1.36", command: ["true"] } }],
  });
  const { id } = await server.client.call("deployApplication", {
    params: { ...params, application },
    query: {},
    body,
    headers: {},
  });
  const run = await until(server, id, "pending");
  const status = await server.client.call("getStatus", { params: { ...params, application } });
  const cause = await server.client.call("explainWhy", { params: { ...params, application }, query: {} });
  const told = run.jobs[0]?.reason.message;
  expect(run.jobs[0]?.phase).toBe("pending");
  expect(status.components[0]).toMatchObject({ state: "progressing", health: "changing", reason: { message: told } });
  expect(cause.chain.at(-1)?.reason.message).toBe(told);
  await server.client.call("cancelRun", { params: { ...params, run: id }, body: { finally: "run" } });
  await until(server, id, "cancelled");
  const after = await server.client.call("getStatus", { params: { ...params, application } });
  expect(after.components[0]?.reason.code).toBe("CancelledBy");
});

const shopWith = (image: string): string =>
  JSON.stringify({
    name: "ds",
    components: ["webx", "apix"].map((name) => ({
      name,
      type: "webservice",
      properties: { image: name === "apix" ? image : "nginx:1.27", port: 80 },
    })),
    workflow: {
      steps: [
        { name: "first", type: "deploy", properties: { components: ["webx"] } },
        { name: "ask", type: "approve", properties: { message: "ship it?" } },
        { name: "second", type: "deploy", properties: { components: ["apix"] } },
      ],
    },
  });

/** An application whose version 1 runs and whose version 2 waits for approval. */
async function halfUpdated(server: TestServer, image = "nginx:1.28"): Promise<string> {
  const deploy = async (document: string) =>
    await server.client.call("deployApplication", {
      params: { ...params, application: "ds" },
      query: {},
      body: document,
      headers: {},
    });
  const first = await deploy(shopWith("nginx:1.27"));
  await until(server, first.id, "waiting");
  await answer(server, first.id, "approve");
  await until(server, first.id, "succeeded");
  const second = await deploy(shopWith(image));
  await until(server, second.id, "waiting");
  return second.id;
}

const answer = (server: TestServer, run: string, decision: "approve" | "deny") =>
  server.client.call("tellJob", {
    params: { ...params, run, job: "ask" },
    body: { kind: "approval", data: { decision } },
  });
const statusOf = (server: TestServer) => server.client.call("getStatus", { params: { ...params, application: "ds" } });
const whyOf = (server: TestServer, component?: string) =>
  server.client.call("explainWhy", {
    params: { ...params, application: "ds" },
    query: component === undefined ? {} : { component },
  });

it("an update that was cancelled before it came is not healthy, and status and why say which version still runs", async () => {
  const server = await started();
  const run = await halfUpdated(server);
  await server.client.call("cancelRun", { params: { ...params, run }, body: { finally: "run" } });
  await until(server, run, "cancelled");
  const status = await statusOf(server);
  expect(status.health).toBe("outdated");
  expect(status.components.map((one) => [one.name, one.health])).toEqual([
    ["webx", "healthy"],
    ["apix", "outdated"],
  ]);
  const told = status.components[1]?.reason.message ?? "";
  expect(told).toMatch(/^cancelled by .*; revision v1 still runs$/);
  expect((await whyOf(server, "apix")).sentence).toBe(`apix: ${told}.`);
});

it("a cancelled run that would have changed nothing of a component leaves it healthy", async () => {
  const server = await started();
  const run = await halfUpdated(server, "nginx:1.27");
  await server.client.call("cancelRun", { params: { ...params, run }, body: { finally: "run" } });
  await until(server, run, "cancelled");
  expect((await statusOf(server)).health).toBe("healthy");
});

it("an update that was denied is degraded, and says which version still runs", async () => {
  const server = await started();
  const run = await halfUpdated(server);
  await answer(server, run, "deny");
  await until(server, run, "rejected");
  const status = await statusOf(server);
  expect(status.health).toBe("degraded");
  expect(status.components[1]).toMatchObject({
    health: "outdated",
    reason: { code: "OlderRuns", message: "because ask did not succeed; revision v1 still runs" },
  });
  expect((await whyOf(server, "apix")).chain.map((one) => one.subject)).toEqual(["apix", "ask"]);
});

// Three processes on one PostgreSQL, started as users start them: two only answer requests, one drives runs. A client
// that reads the events at any of them gets every change of a run once and in order, also when the process that it
// reads from is killed. A request to a process that drives nothing is carried out.
import { randomBytes } from "node:crypto";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POSTGRES, type TestDatabase } from "../contracts/database/backends.ts";
import { type FakeApiServer, startFakeApiServer } from "../support/fakeApiServer.ts";
import { type ServerProcess, startServer } from "../support/serverProcess.ts";

const PROJECT = "default";

interface Heard {
  readonly id: number;
  readonly text: string;
  readonly data: { readonly type: string; readonly data: Readonly<Record<string, unknown>> };
}

let database: TestDatabase;
let far: FakeApiServer;
const all: ServerProcess[] = [];
let doomed: ServerProcess;
let other: ServerProcess;
let driver: ServerProcess;

beforeAll(async () => {
  [database, far] = await Promise.all([POSTGRES.create(), startFakeApiServer()]);
  const environment = { KUBEMIN_KEY: randomBytes(32).toString("hex") };
  const start = async (...words: readonly string[]): Promise<ServerProcess> => {
    const one = await startServer(["--database", database.address, ...words], undefined, environment);
    all.push(one);
    return one;
  };
  [doomed, other, driver] = await Promise.all([start("--api"), start("--api"), start("--no-sandbox")]);
  const kubeconfig = far.kubeconfig("good");
  await doomed.client.call("addCluster", { body: { name: "far", kubeconfig } });
});

afterAll(async () => {
  await Promise.all(all.map((one) => one.stop()));
  await far.close();
  await database.remove();
});

/** The events that this process sends, until the run ends or the process is killed. */
async function* listen(at: ServerProcess, run: string, lastId?: number): AsyncGenerator<Heard> {
  const headers = {
    authorization: `Bearer ${at.token}`,
    ...(lastId === undefined ? {} : { "last-event-id": `${lastId}` }),
  };
  const { body, status } = await fetch(`${at.url}/api/v1/projects/${PROJECT}/events?run=${run}`, { headers });
  expect(status).toBe(200);
  const events = (body ?? new ReadableStream<Uint8Array>())
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  try {
    for await (const { id, data } of events) yield { id: Number(id), text: data, data: JSON.parse(data) };
  } catch {
    // The process was killed; the events that arrived before are enough.
  }
}

/** Reads events from this process until one of them matches. */
async function until(at: ServerProcess, run: string, happened: (one: Heard) => boolean): Promise<void> {
  for await (const one of listen(at, run)) if (happened(one)) return;
  throw new Error(`run ${run} ended before that happened`);
}

const changes = (job: string, is: { readonly phase?: string; readonly code?: string }) => (one: Heard) => {
  const { type, data } = one.data;
  const { code } = (data["reason"] ?? {}) as { readonly code?: string }; // the shape of a job's event
  if (type !== "job.changed" || data["job"] !== job) return false;
  return (is.phase === undefined || data["phase"] === is.phase) && (is.code === undefined || code === is.code);
};

const tell = (name: string) => ({ name, type: "notify", properties: { message: name } });
const many = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => tell(`${prefix}-${index}`));
const asking = (name: string) => ({ name, type: "approve", properties: { message: "Go on?" } });

async function begin(at: ServerProcess, steps: readonly object[]): Promise<string> {
  const document = { name: "talk", workflow: { steps } } as never; // JSON, as a user would write it
  const body = { document, cluster: "far" };
  return (await at.client.call("startRun", { params: { project: PROJECT }, body })).id;
}

const approve = (at: ServerProcess, run: string, job = "ask") =>
  at.client.call("tellJob", {
    params: { project: PROJECT, run, job },
    body: { kind: "approval", data: { decision: "approve" } },
  });

const phaseOf = async (at: ServerProcess, run: string) =>
  (await at.client.call("getRun", { params: { project: PROJECT, run } })).phase;

describe("a process that drives nothing", () => {
  it("takes a pause, a yes, a resume and a cancel for the one that drives", async () => {
    const run = await begin(other, [asking("ask"), tell("after")]);
    const params = { project: PROJECT, run };
    await until(other, run, changes("ask", { code: "Approval" }));
    await other.client.call("pauseRun", { params });
    await approve(doomed, run);
    await until(other, run, changes("after", { code: "Paused" }));
    await doomed.client.call("resumeRun", { params });
    await until(other, run, changes("after", { phase: "succeeded" }));
    await until(driver, run, ({ data }) => data.type === "run.finished");
    expect(await phaseOf(other, run)).toBe("succeeded");

    const unwanted = await begin(doomed, [asking("ask"), tell("after")]);
    await until(doomed, unwanted, changes("ask", { code: "Approval" }));
    await other.client.call("cancelRun", { params: { project: PROJECT, run: unwanted }, body: { finally: "run" } });
    await until(doomed, unwanted, ({ data }) => data.type === "run.finished");
    expect(await phaseOf(doomed, unwanted)).toBe("cancelled");
  });
});

describe("a run that only waits, and that no process keeps in its hands", () => {
  const resting = (name: string) => ({ name, type: "wait", properties: { for: "2h" } });
  const parked = (name: string) => (name === "ask" ? asking(name) : resting(name));

  it.each(["ask", "rest"])("ends at once when it is cancelled through any process (%s)", async (name) => {
    const run = await begin(driver, [parked(name), tell("after")]);
    await until(other, run, changes(name, { code: name === "ask" ? "Approval" : "WaitingUntil" }));
    await doomed.client.call("pauseRun", { params: { project: PROJECT, run } });
    await other.client.call("cancelRun", { params: { project: PROJECT, run }, body: { finally: "run" } });
    await until(driver, run, ({ data }) => data.type === "run.finished");
    expect(await phaseOf(doomed, run)).toBe("cancelled");
  });

  it.each(["ask", "rest"])("gives up its lock to one that cancels the holder (%s)", async (name) => {
    const locks = [{ key: `held-by-${name}` }];
    const holder = await begin(driver, [{ ...parked(name), locks }]);
    await until(other, holder, changes(name, { code: name === "ask" ? "Approval" : "WaitingUntil" }));
    const next = await begin(other, [{ ...tell("next"), locks: [{ ...locks[0], onLimit: "cancel" }] }]);
    await until(doomed, next, ({ data }) => data.type === "run.finished");
    expect(await phaseOf(doomed, next)).toBe("succeeded");
    expect(await phaseOf(driver, holder)).toBe("cancelled");
  });

  it("takes one of the answers that come through different processes at once", async () => {
    const run = await begin(driver, [asking("ask")]);
    await until(other, run, changes("ask", { code: "Approval" }));
    const four = await Promise.allSettled([driver, other, doomed, other].map((at) => approve(at, run)));
    expect(four.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    await until(driver, run, ({ data }) => data.type === "run.finished");
    expect(await phaseOf(other, run)).toBe("succeeded");
  });
});

describe("who listens at any process", () => {
  it("hears everything, in order and once, also when that process is killed in the middle", async () => {
    const run = await begin(doomed, [
      ...many("before", 5),
      asking("ask"),
      ...many("after", 5),
      asking("again"),
      tell("last"),
    ]);
    const everywhere = [driver, other].map((one) => Array.fromAsync(listen(one, run)));
    const heard: Heard[] = [];
    let killed: Promise<void> | undefined;
    for await (const one of listen(doomed, run)) {
      heard.push(one);
      if (changes("ask", { code: "Approval" })(one)) await approve(other, run);
      if (changes("after-1", { phase: "succeeded" })(one)) killed ??= doomed.kill();
    }
    await killed;
    // The process is gone, and no client reads from another one yet.
    await until(other, run, changes("again", { code: "Approval" }));
    await approve(other, run, "again");
    await until(other, run, changes("last", { phase: "succeeded" }));
    const rest = await Array.fromAsync(listen(other, run, heard.at(-1)?.id));
    const [atDriver, atOther] = await Promise.all(everywhere);

    const rows = await database.sql(`select sequence from events where run = '${run}' order by sequence`);
    const ids = rows.map((row) => Number(row["sequence"]));
    expect(ids.length).toBeGreaterThan(2 * 13);
    expect(atDriver?.map((one) => one.id)).toEqual(ids);
    expect(atOther?.map((one) => one.text)).toEqual(atDriver?.map((one) => one.text));
    expect([...heard, ...rest].map((one) => one.text)).toEqual(atDriver?.map((one) => one.text));
    expect(rest.at(-1)?.data).toMatchObject({ type: "run.finished", data: { phase: "succeeded" } });
  });
});

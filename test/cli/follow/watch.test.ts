// Tests that watching a run survives broken connections and restarting servers, reports them once, and never shows a
// state that the run did not have.
import { afterEach, describe, expect, it } from "vitest";
import { type Answer, type FakeApi, fakeApi } from "../support/fakeApi.ts";
import { changed, ended, finished, job, logged, run } from "../support/fixtures.ts";
import { kubemin, type Transcript } from "../support/terminal.ts";

let api: FakeApi | undefined;
afterEach(async () => await api?.close());

const done = ended("succeeded", [job("redis", "succeeded"), job("migrate", "succeeded")]);

/** Watches a run. The server gives the answers of each list in order and repeats the last one. */
async function watch(streams: readonly Answer[], runs: readonly Answer[]): Promise<Transcript> {
  const [left, states] = [[...streams], [...runs]];
  const next = (list: Answer[]): Answer =>
    (list.length > 1 ? list.shift() : list[0]) ?? { error: "NotFound", detail: "" };
  api = await fakeApi({
    getRun: () => next(states),
    streamEvents: () => next(left),
    getStatus: () => ({ error: "NotFound", detail: "" }),
  });
  return await kubemin("watch 01run", { env: { KUBEMIN_URL: api.url, KUBEMIN_TOKEN: "t" } });
}

const streamsAsked = () => (api?.asked ?? []).filter((one) => one.route === "streamEvents");

describe("watching a run", () => {
  it("begins after the picture's last event and resumes after the last one seen", async () => {
    await watch(
      [
        { afterwards: "break", events: [changed(14, "redis", "succeeded")] },
        { afterwards: "end", events: [finished(15, "succeeded")] },
      ],
      [
        { json: run() },
        { json: run({ lastEvent: 14, jobs: [job("redis", "succeeded"), job("migrate", "waiting")] }) },
        { json: done },
      ],
    );
    expect(streamsAsked().map((one) => one.headers["last-event-id"])).toEqual(["10", "14"]);
    expect(streamsAsked()[0]?.query).toEqual({ run: "01run", after: "10" });
  });

  it("says what holds back the whole run, and that it goes on", async () => {
    const places = { code: "PlacesTaken", params: {}, who: "nobody" as const };
    const held = run({
      state: "queued",
      reason: { ...places, message: "2 of 2 slots of this project are in use by shop#1, shop#2" },
      jobs: [job("redis", "waiting"), job("migrate", "waiting")],
    });
    const told = await watch(
      [
        { afterwards: "break", events: [changed(11, "redis", "running")] },
        { afterwards: "end", events: [finished(15, "succeeded")] },
      ],
      [{ json: held }, { json: run({ lastEvent: 11 }) }, { json: done }],
    );
    const lines = told.stderr.split("\n").map((line) => line.replace(/^\S+ /, ""));
    expect(lines[0]).toMatch(/^run 3 accepted shop v2 2 jobs/);
    expect(lines[1]).toBe("run 3 queued: 2 of 2 slots of this project are in use by shop#1, shop#2");
    expect(lines[2]).toMatch(/^redis running/);
    expect(lines.filter((line) => line.includes("slots"))).toHaveLength(1);
  });

  it("says once that the connection was lost and once that it is back", async () => {
    const away: Answer = { error: "ClusterUnreachable", detail: "restarting" }; // any 5xx: a proxy in front of a restarting server
    const told = await watch(
      [
        { afterwards: "break", events: [] },
        { afterwards: "end", events: [finished(15, "succeeded")] },
      ],
      [{ json: run() }, away, away, away, { json: run() }, { json: done }],
    );
    expect(told.stderr.split("connection to the server lost").length - 1).toBe(1);
    expect(told.stderr.split("connected again").length - 1).toBe(1);
    expect(told.exit).toBe(0);
  });

  it("asks for the whole picture when an event does not fit", async () => {
    const told = await watch(
      [
        { afterwards: "stay", events: [changed(11, "migrate", "succeeded")] }, // the job was waiting, so an event was missed
        { afterwards: "end", events: [finished(15, "succeeded")] },
      ],
      [
        { json: run() },
        { json: run({ jobs: [job("redis", "succeeded"), job("migrate", "running")] }) },
        { json: done },
      ],
    );
    expect(told.stderr).toContain("redis succeeded");
    expect(told.exit).toBe(0);
  });

  it("does not repeat what the picture already holds, but shows each line of the log once", async () => {
    const told = await watch(
      [
        { afterwards: "break", events: [logged(12, "migrate", "one")] },
        {
          afterwards: "end",
          events: [logged(12, "migrate", "one"), logged(13, "migrate", "two"), finished(15, "succeeded")],
        },
      ],
      [{ json: run() }, { json: run({ lastEvent: 13 }) }, { json: done }],
    );
    expect(told.stderr.split("│ one").length - 1).toBe(1);
    expect(told.stderr.split("│ two").length - 1).toBe(1);
  });

  it("a run that has ended is told at once, without a stream", async () => {
    const told = await watch([], [{ json: ended("failed", [job("redis", "failed")]) }]);
    expect(told.exit).toBe(1);
    expect(streamsAsked()).toEqual([]);
  });

  it("finds APP#NUMBER and the newest run of APP", async () => {
    api = await fakeApi({
      getRun: ({ params }) => (params["run"] === "01run" ? { json: done } : { error: "NotFound", detail: "no run" }),
      listRuns: ({ query }) => ({ json: { items: query["application"] === "shop" ? [stripped()] : [], next: null } }),
      getStatus: () => ({ error: "NotFound", detail: "" }),
    });
    const env = { KUBEMIN_URL: api.url, KUBEMIN_TOKEN: "t" };
    expect((await kubemin("watch shop#3", { env })).exit).toBe(0);
    expect((await kubemin("watch shop", { env })).exit).toBe(0);
    const missing = await kubemin("watch shop#4", { env });
    expect(missing.stderr).toContain("error: there is no run shop#4\n  see: kubemin runs\n");
    expect(missing.exit).toBe(5);
  });
});

function stripped(): object {
  const { jobs: _jobs, lastEvent: _lastEvent, ...rest } = done;
  return rest;
}

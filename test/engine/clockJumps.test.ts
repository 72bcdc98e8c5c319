// The clock of the computer is set forward or back while runs are under way. Waits for a time may end earlier or later
// by the same amount, but they end. Nothing is lost, and nothing is done twice.
import { describe, expect, it } from "vitest";
import { createBreakers } from "../../src/engine/deciding/breakers.ts";
import { putSchedule } from "../../src/engine/schedules/schedules.ts";
import { startWorkflowRun } from "../../src/engine/starting/startWorkflowRun.ts";
import { createBreaker } from "../../src/kube/reach/breaker.ts";
import { reason } from "../../src/model/reasons/reason.ts";
import { plannedJob } from "./jobs.ts";
import { openStage, type Stage } from "./support/stage.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const job = (input: Readonly<Record<string, number>>, more = {}) => ({
  ...plannedJob("work", []),
  component: null,
  timeout: 3 * HOUR,
  retry: { attempts: 2, backoff: 5 * MINUTE },
  input,
  ...more,
});
const lock = { kind: "host", name: "db-1", limit: 1, onLimit: "queue" } as const;

/** Begins one run of each kind that waits for a clock, and returns their ids. */
async function waiters(stage: Stage): Promise<readonly string[]> {
  const now = stage.clock.now().getTime();
  const later = { project: "default", actor: "ada", type: "test", input: {}, startAt: new Date(now + 30 * MINUTE) };
  return [
    await stage.begin([job({ takes: 10 * MINUTE })]),
    await stage.begin([job({ takes: 2 * MINUTE, fails: 1 })]),
    await stage.begin([job({ takes: 3 * MINUTE }, { locks: [lock] })]),
    await stage.begin([job({ takes: 3 * MINUTE }, { locks: [lock] })]),
    (await startWorkflowRun(stage.dependencies, { ...later, startAt: later.startAt.toISOString() })).run.id,
  ];
}

async function phasesOf(stage: Stage, runs: readonly string[]) {
  return Promise.all(runs.map(async (id) => (await stage.store.runs.get(id))?.phase));
}

describe.each([
  ["forward", HOUR],
  ["back", -HOUR],
])("a clock that is set an hour %s", (_, by) => {
  it.each([1, 2.5, 4, 6])("after %d minutes loses no run, and starts no attempt twice", async (minutes) => {
    await using stage = await openStage();
    const runs = await waiters(stage);
    await stage.clock.advance(minutes * MINUTE);
    stage.setClock(by);
    await stage.clock.advance(3 * HOUR);
    expect(await phasesOf(stage, runs)).toEqual(runs.map(() => "succeeded"));
    const jobs = (await Promise.all(runs.map((id) => stage.store.runs.jobs(id)))).flat();
    const attempts = jobs.map((one) => one.attempt - one.interruptions);
    expect(attempts).toEqual([1, 2, 1, 1, 1]);
    // A lease that suddenly looks an hour old still belongs to a living process: the lock has one holder at a time.
    expect(jobs.map((one) => one.interruptions)).toEqual([0, 0, 0, 0, 0]);
    expect(stage.fences).toHaveLength(2);
    expect(new Set(stage.fences).size).toBe(stage.fences.length);
    expect(stage.clock.pending(), "nobody waits for what is over").toBeLessThan(10);
  });

  it("while no process is there loses no run either", async () => {
    await using stage = await openStage();
    const runs = await waiters(stage);
    await stage.clock.advance(MINUTE);
    await stage.kill();
    stage.setClock(by);
    await stage.start();
    await stage.clock.advance(3 * HOUR);
    const phases = await phasesOf(stage, runs);
    expect(phases.filter((phase) => phase === "running" || phase === undefined)).toEqual([]);
  });

  it("starts the run of no scheduled time twice, and goes on with the next", async () => {
    await using stage = await openStage();
    const run = { type: "test", input: {} };
    const settings = { cron: "*/10 * * * *", timeZone: "UTC", overlap: "skip", missed: "once", run } as const;
    await putSchedule(stage.dependencies, { project: "default", name: "tick", settings, actor: "ada" });
    await stage.clock.advance(25 * MINUTE);
    stage.setClock(by);
    await stage.clock.advance(3 * HOUR);
    const { items } = await stage.store.runs.list({ project: "default" }, { limit: 100 });
    const times = items.map((one) => one.message);
    expect(new Set(times).size).toBe(times.length);
    expect(items.every((one) => one.phase === "succeeded")).toBe(true);
    // A run every ten minutes for three hours and 25 minutes. The hour that was skipped or came twice counts once.
    expect(items.length).toBe(by > 0 ? 21 : 14);
  });
});

describe("a run that begins at a time of day", () => {
  it("begins within a minute of it, also when the clock was set forward to it", async () => {
    await using stage = await openStage();
    const startAt = new Date(stage.clock.now().getTime() + HOUR).toISOString();
    const started = await startWorkflowRun(stage.dependencies, {
      project: "default",
      actor: "ada",
      type: "test",
      input: {},
      startAt,
    });
    await stage.clock.advance(MINUTE);
    stage.setClock(HOUR);
    await stage.clock.advance(MINUTE + 1_000);
    expect(await phasesOf(stage, [started.run.id])).toEqual(["succeeded"]);
  });
});

describe("a clock that is set back", () => {
  it("keeps no breaker open for that long", () => {
    let time = 2 * HOUR;
    const clock = { now: () => new Date(time) };
    const cluster = createBreaker(clock);
    for (let count = 0; count < 3; count += 1) cluster.silent("no answer");
    const breakers = createBreakers(clock);
    const broken = {
      phase: "failed",
      reason: reason("InternalError", { detail: "" }),
      evidence: [],
      retryable: true,
    } as const;
    const subject = { project: "default", type: "test", target: () => ({ key: "" }) };
    for (let count = 0; count < 10; count += 1) breakers.begin(subject).ended(broken);
    expect([cluster.refusal(), breakers.refusalOf(subject)]).not.toContain(null);
    time -= HOUR;
    expect([cluster.refusal(), breakers.refusalOf(subject)]).toEqual([null, null]);
  });
});

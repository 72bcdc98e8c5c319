// What users do with a run while it is under way, and the clocks that end its waits.
import { describe, expect, it } from "vitest";
import { retryRun } from "../../../src/engine/starting/retry.ts";
import { cancelRun } from "../../../src/engine/steering/cancel.ts";
import { pauseRun } from "../../../src/engine/steering/pause.ts";
import type { PlannedJob } from "../../../src/model/run/plan.ts";
import { plannedJob } from "../jobs.ts";
import { openStage, type Stage } from "../support/stage.ts";

const MINUTE = 60_000;

const job = (name: string, needs: readonly string[], more: Partial<PlannedJob> = {}): PlannedJob => ({
  ...plannedJob(name, needs),
  component: null,
  timeout: 60 * MINUTE,
  input: { takes: 10_000 },
  ...more,
});
const final = (name: string, more: Partial<PlannedJob> = {}): PlannedJob => job(name, [], { final: true, ...more });

async function phases(stage: Stage, run: string): Promise<string> {
  const jobs = await stage.store.runs.jobs(run);
  return jobs.map((one) => `${one.name} ${one.phase} ${one.reason.code}`).join(", ");
}

const asked = (run: string) => ({ project: "default", run, actor: "ann" });

describe("a run that is paused", () => {
  it("starts no job, and jobs that waited have lost no time", async () => {
    await using stage = await openStage();
    const patient = {
      clocks: { queue: MINUTE },
      locks: [{ kind: "key", name: "k", limit: 1, onLimit: "queue" }],
    } as const;
    await stage.begin([
      job("holder", [], { input: { takes: 90 * MINUTE }, timeout: 100 * MINUTE, locks: patient.locks }),
    ]);
    const run = await stage.begin([job("a", [], patient)]);
    await stage.clock.advance(30_000);
    await pauseRun(stage.dependencies, { ...asked(run), pause: true });
    await stage.clock.advance(10 * MINUTE);
    expect(await phases(stage, run)).toBe("a queued Paused");
    await pauseRun(stage.dependencies, { ...asked(run), pause: false });
    await stage.clock.advance(25_000);
    expect(await phases(stage, run)).toBe("a queued KeyBusy");
    await stage.clock.advance(10_000);
    expect(await phases(stage, run)).toBe("a expired GaveUpWaiting");
  });

  it("ends when it is cancelled, after its final steps", async () => {
    await using stage = await openStage();
    const run = await stage.begin([job("a", []), job("b", ["a"]), final("z")]);
    await stage.clock.advance(1_000);
    await pauseRun(stage.dependencies, { ...asked(run), pause: true });
    await stage.clock.advance(30_000);
    expect(await phases(stage, run)).toBe("a succeeded Ready, b queued Paused, z waiting AfterAll");
    await cancelRun(stage.dependencies, asked(run));
    await stage.clock.advance(30_000);
    expect(await phases(stage, run)).toBe("a succeeded Ready, b cancelled CancelledBy, z succeeded Ready");
    expect((await stage.store.runs.get(run))?.phase).toBe("cancelled");
  });
});

describe("a cancel", () => {
  it("can skip final steps, together with it or while they run", async () => {
    await using stage = await openStage();
    const both = await stage.begin([job("a", []), final("z")]);
    const later = await stage.begin([job("a", []), final("z", { input: { takes: 50 * MINUTE } })]);
    await stage.clock.advance(1_000);
    await cancelRun(stage.dependencies, { ...asked(both), skipFinal: true });
    await cancelRun(stage.dependencies, asked(later));
    await stage.clock.advance(MINUTE);
    expect(await phases(stage, both)).toBe("a cancelled CancelledBy, z cancelled CancelledBy");
    expect(await phases(stage, later)).toBe("a cancelled CancelledBy, z running TaskRunning");
    await cancelRun(stage.dependencies, { ...asked(later), skipFinal: true });
    await stage.clock.advance(MINUTE);
    const [, z] = await stage.store.runs.jobs(later);
    expect(z).toMatchObject({ phase: "cancelled", reason: { code: "CancelledBy", params: { actor: "ann" } } });
  });
});

describe("a step with a time of its own", () => {
  const within = [{ step: "group", timeout: 25_000 }];

  it("stops its running jobs when that time is over, and starts no more of its jobs; other steps go on", async () => {
    await using stage = await openStage();
    const run = await stage.begin([
      job("a", [], { within }),
      job("b", ["a"], { within, input: { takes: 20_000 } }),
      job("c", ["b"], { within }),
      job("d", []),
      job("e", ["d"]),
    ]);
    await stage.clock.advance(24_000);
    expect(await phases(stage, run)).toContain("b running TaskRunning");
    await stage.clock.advance(MINUTE);
    expect(await phases(stage, run)).toBe(
      "a succeeded Ready, b timed-out StepDeadline, c expired StepDeadline, d succeeded Ready, e succeeded Ready",
    );
    const b = (await stage.store.runs.jobs(run))[1];
    expect(b?.reason.params).toMatchObject({ step: "group", limit: "25s" });
  });

  it("ends jobs in it that still wait", async () => {
    await using stage = await openStage();
    const locks = [{ kind: "key", name: "k", limit: 1, onLimit: "queue" }] as const;
    await stage.begin([job("holder", [], { input: { takes: 50 * MINUTE }, locks })]);
    const run = await stage.begin([job("a", [], { within, locks }), job("b", [], { within, input: { takes: 0 } })]);
    await stage.clock.advance(MINUTE);
    expect(await phases(stage, run)).toBe("a expired StepDeadline, b succeeded Ready");
  });
});

describe("a retry of a run of no application", () => {
  it("keeps its inputs and what succeeded before the step, and runs final steps again", async () => {
    await using stage = await openStage();
    const step = (path: readonly string[]) => ({ step: { path, pointer: "" } });
    const jobs = [
      job("a", [], step(["a"])),
      job("g.b", ["a"], { ...step(["g", "b"]), input: { fails: 1 } }),
      job("c", ["g.b"], step(["c"])),
      final("z", step(["z"])),
    ];
    const first = await stage.begin(jobs, { workflow: "nightly", inputs: { day: "monday" } });
    await stage.clock.advance(MINUTE);
    expect(await phases(stage, first)).toBe(
      "a succeeded Ready, g.b failed TaskFailed, c skipped DependencyFailed, z succeeded Ready",
    );
    const before = await stage.store.runs.jobs(first);
    const again = await retryRun(stage.dependencies, { ...asked(first), from: "g" });
    expect(again).toMatchObject({ workflow: "nightly", inputs: { day: "monday" }, kind: "workflow" });
    await stage.clock.advance(MINUTE);
    const after = await stage.store.runs.jobs(again.id);
    expect(after[0]?.finishedAt).toBe(before[0]?.finishedAt);
    expect(after[3]?.finishedAt).not.toBe(before[3]?.finishedAt);
    await expect(retryRun(stage.dependencies, { ...asked(first), from: "gg" })).rejects.toThrow(/step gg/);
  });
});

describe("an output", () => {
  it("that is too large or has the wrong shape fails the job, with a reason", async () => {
    await using stage = await openStage();
    const run = await stage.begin([
      job("large", [], { input: { output: { text: "x".repeat(70_000) } } }),
      job("wrong", [], { input: { output: { right: "no" } } }),
      job("fine", [], { input: { output: { right: true } } }),
    ]);
    await stage.clock.advance(MINUTE);
    expect(await phases(stage, run)).toBe("large failed BadOutput, wrong failed BadOutput, fine succeeded Ready");
    const [large, wrong] = await stage.store.runs.jobs(run);
    expect(large?.reason.params["detail"]).toBe("it has 70011 characters, at most 65536 are kept");
    expect(wrong?.reason.params["detail"]).toContain("/right");
  });
});

describe("the clock of an attempt", () => {
  const limited = (input: PlannedJob["input"], minutes: number) =>
    job("a", [], { input, clocks: { attempt: minutes * MINUTE } });

  it("begins when the program runs: the time before that counts for other clocks", async () => {
    await using stage = await openStage();
    const quick = await stage.begin([limited({ waits: 10 * MINUTE, takes: 30_000 }, 1)]);
    const slow = await stage.begin([limited({ waits: 10 * MINUTE, takes: 2 * MINUTE }, 1)]);
    await stage.clock.advance(9 * MINUTE);
    expect([await phases(stage, quick), await phases(stage, slow)]).toEqual(["a pending NoNodes", "a pending NoNodes"]);
    await stage.clock.advance(1.9 * MINUTE);
    expect([await phases(stage, quick), await phases(stage, slow)]).toEqual([
      "a succeeded Ready",
      "a running TaskRunning",
    ]);
    await stage.clock.advance(0.2 * MINUTE);
    expect(await phases(stage, slow)).toBe("a timed-out AttemptDeadline");
  });

  it("continues after a restart of the server, both while the job is pending and while it runs", async () => {
    await using stage = await openStage();
    const run = await stage.begin([limited({ waits: 5 * MINUTE, takes: 8 * MINUTE }, 10)]);
    for (const before of [3 * MINUTE, 11 * MINUTE]) {
      await stage.clock.advance(before);
      await stage.kill();
      await stage.start();
    }
    // Six of its ten minutes are used up. Now it is pending for five minutes, and then four minutes are left.
    await stage.clock.advance(8.9 * MINUTE);
    expect(await phases(stage, run)).toBe("a running TaskRunning");
    await stage.clock.advance(0.2 * MINUTE);
    expect(await phases(stage, run)).toBe("a timed-out AttemptDeadline");
  });

  it("does not begin for a job that never runs: the clock of all attempts ends it, as expired", async () => {
    await using stage = await openStage();
    const run = await stage.begin([{ ...limited({ waits: 90 * MINUTE }, 1), timeout: 30 * MINUTE }]);
    await stage.clock.advance(31 * MINUTE);
    expect(await phases(stage, run)).toBe("a expired GaveUpWaiting");
  });
});

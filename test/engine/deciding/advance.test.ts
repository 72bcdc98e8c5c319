import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JobOutcome } from "../../../src/catalog/job.ts";
import { advance } from "../../../src/engine/deciding/advance.ts";
import { settleAttempt } from "../../../src/engine/deciding/attemptOutcome.ts";
import { reason } from "../../../src/model/reasons/reason.ts";
import { isSettled, mayBecome } from "../../../src/model/run/phase.ts";
import type { Job } from "../../../src/model/run/run.ts";
import { anyGraph, plannedJob, waitingJob } from "../jobs.ts";

const START = new Date("2026-01-01T00:00:00Z");
const succeeded: JobOutcome = { phase: "succeeded", reason: reason("Ready") };
const failed: JobOutcome = {
  phase: "failed",
  reason: reason("TaskFailed", { exitCode: 1 }),
  evidence: [],
  retryable: true,
};
const rejected: JobOutcome = {
  phase: "rejected",
  reason: reason("PolicyDenied", { detail: "no" }),
  evidence: [],
  retryable: false,
};

describe("the scheduler", () => {
  it("starts a job in the same step in which the last job that it needs succeeds", () => {
    const parent = { ...waitingJob(plannedJob("redis", [])), phase: "succeeded" as const };
    const child = waitingJob(plannedJob("web", ["redis"]));
    const { changed } = advance({ jobs: [parent, child], cancelledBy: null, pausedBy: null, now: START, parallel: 8 });
    expect(changed.map((job) => [job.name, job.phase])).toEqual([["web", "running"]]);
  });

  it("stops exactly what depends on a failed job", () => {
    const jobs = [
      waitingJob(plannedJob("redis", [])),
      waitingJob(plannedJob("migrate", ["redis"])),
      waitingJob(plannedJob("web", ["migrate"])),
      waitingJob(plannedJob("worker", ["redis"])),
    ];
    const end = play(jobs, (job) => (job.name === "migrate" ? failed : succeeded));
    expect(Object.fromEntries(end.jobs.map((job) => [job.name, job.phase]))).toEqual({
      redis: "succeeded",
      migrate: "failed",
      web: "skipped",
      worker: "succeeded",
    });
    expect(end.jobs.find((job) => job.name === "web")?.reason).toEqual(
      reason("DependencyFailed", { component: "migrate" }),
    );
    expect(end.finish).toBe("failed");
  });

  it("starts no more jobs than may run at the same time", () => {
    const jobs = Array.from({ length: 5 }, (_, index) => waitingJob(plannedJob(`job-${index}`, [])));
    const { changed } = advance({ jobs, cancelledBy: null, pausedBy: null, now: START, parallel: 2 });
    expect(changed.map((job) => job.phase)).toEqual(["running", "running", "queued", "queued", "queued"]);
  });

  it("waits out the backoff of a retry and says until when", () => {
    const running: Job = { ...waitingJob(plannedJob("migrate", [], 3)), phase: "running", attempt: 1 };
    const queued = settleAttempt(running, failed, START);
    expect(queued.phase).toBe("queued");
    const early = advance({ jobs: [queued], cancelledBy: null, pausedBy: null, now: START, parallel: 8 });
    expect(early).toMatchObject({ changed: [], wakeAt: new Date(START.getTime() + 1_000), finish: null });
    const due = advance({
      jobs: [queued],
      cancelledBy: null,
      pausedBy: null,
      now: new Date(START.getTime() + 1_000),
      parallel: 8,
    });
    const earlier = [{ attempt: 1, reason: failed.reason, at: START.toISOString() }];
    expect(due.changed).toMatchObject([{ phase: "running", attempt: 2, earlier }]);
  });

  it("starts nothing more once the run is cancelled", () => {
    const jobs = [waitingJob(plannedJob("redis", [])), waitingJob(plannedJob("web", ["redis"]))];
    const { changed, finish } = advance({ jobs, cancelledBy: "lin", pausedBy: null, now: START, parallel: 8 });
    expect(changed.map((job) => job.phase)).toEqual(["cancelled", "cancelled"]);
    expect(finish).toBe("cancelled");
  });

  it("keeps its rules for every graph, every order of outcomes and every moment of a cancel", () => {
    const outcomes = fc.infiniteStream(fc.constantFrom(succeeded, succeeded, succeeded, failed, rejected));
    fc.assert(
      fc.property(
        anyGraph,
        outcomes,
        fc.infiniteStream(fc.nat()),
        fc.option(fc.nat(40)),
        fc.integer({ min: 1, max: 6 }),
        (graph, stream, order, cancelAt, parallel) => {
          const end = play(graph.map(waitingJob), () => stream.next().value, {
            order: () => order.next().value,
            cancelAt,
            parallel,
          });
          expect(end.finish).not.toBeNull();
          expect(end.jobs.every((job) => isSettled(job.phase))).toBe(true);
          for (const job of end.jobs) {
            expect(job.attempt).toBeLessThanOrEqual(job.plan.retry.attempts);
            if (job.phase === "skipped")
              expect(job.plan.needs.some((need) => end.phaseOf(need.job) !== "succeeded")).toBe(true);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

interface Play {
  readonly order?: () => number;
  readonly cancelAt?: number | null;
  readonly parallel?: number;
}

/** Runs a graph to its end, one outcome at a time, and checks at every step that no rule is broken. */
function play(
  begin: readonly Job[],
  outcomeOf: (job: Job) => JobOutcome,
  { order = () => 0, cancelAt = null, parallel = 8 }: Play = {},
) {
  const jobs = new Map(begin.map((job) => [job.name, job]));
  const phaseOf = (name: string) => jobs.get(name)?.phase;
  let now = START;
  let cancelledBy: string | null = null;
  for (let step = 0; step < 1_000; step++) {
    if (step === cancelAt) cancelledBy = "lin";
    const decision = advance({ jobs: [...jobs.values()], cancelledBy, pausedBy: null, now, parallel });
    for (const job of decision.changed) {
      const before = jobs.get(job.name);
      // A queued job may stay queued with another reason: its retry is due, but no slot is free.
      if (before === undefined || (before.phase !== job.phase && !mayBecome(before.phase, job.phase)))
        throw new Error(`${job.name} went from ${before?.phase} to ${job.phase}`);
      if (job.phase === "running" && job.plan.needs.some((need) => phaseOf(need.job) !== "succeeded"))
        throw new Error(`${job.name} started before its parents succeeded`);
      if (job.phase === "running" && cancelledBy !== null) throw new Error(`${job.name} started in a cancelled run`);
    }
    for (const job of decision.changed) jobs.set(job.name, job);
    const running = [...jobs.values()].filter((job) => job.phase === "running");
    if (running.length > parallel) throw new Error(`${running.length} jobs run at once`);
    if (decision.finish !== null) return { jobs: [...jobs.values()], finish: decision.finish, phaseOf };
    const next = running[order() % Math.max(1, running.length)];
    if (next !== undefined)
      jobs.set(
        next.name,
        cancelledBy === null ? settleAttempt(next, outcomeOf(next), now) : { ...next, phase: "cancelled" },
      );
    else if (decision.wakeAt !== null) now = decision.wakeAt;
    else throw new Error("nothing runs, nothing is due, and the run has not ended");
  }
  throw new Error("the run does not end");
}

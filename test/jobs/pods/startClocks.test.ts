// The clocks of a pod that has not started. The test controls the clock and the health.
import { describe, expect, it } from "vitest";
import type { JobRun } from "../../../src/catalog/job.ts";
import { clockOutcome, startClocks } from "../../../src/jobs/pods/startClocks.ts";
import type { ObjectHealth } from "../../../src/model/kubernetes/health.ts";
import { type Reason, reason } from "../../../src/model/reasons/reason.ts";
import type { OnShort } from "../../../src/model/run/plan.ts";
import { unpaused } from "../../support/runTime.ts";
import { createVirtualClock } from "../../support/virtualClock.ts";

const QUEUED = reason("QueueQuotaBusy", { queue: "gpu", missing: "a100: 2 nvidia.com/gpu" });
const UNPLACED = reason("Unschedulable", { detail: "insufficient nvidia.com/gpu" });
const STARTING = reason("Starting", { object: "Pod/a" });
const EVICTED = reason("QueueEvicted", { queue: "gpu", detail: "Preempted" });

function begin(onShort: OnShort, clocks: { readonly queue?: number; readonly schedule?: number } = {}) {
  const clock = createVirtualClock(new Date("2026-01-01T00:00:00Z"));
  const ended: { readonly reason: Reason; readonly at: number }[] = [];
  const start = clock.now().getTime();
  const job = {
    onShort,
    clocks,
    clock,
    runTime: unpaused(clock),
    waitingSince: start,
    signal: new AbortController().signal,
  } as unknown as JobRun<unknown>; // the parts that the clocks read
  const running = startClocks(job, (why) => void ended.push({ reason: why, at: clock.now().getTime() - start }));
  const note = (why: Reason): boolean =>
    running.note({
      ref: { apiVersion: "batch/v1", kind: "Job", namespace: "a", name: "a" },
      state: "blocked",
      reason: why,
      evidence: [],
    } satisfies ObjectHealth);
  return { clock, ended, note };
}

describe("a job in a queue of the cluster", () => {
  it("gave up waiting when its queue clock ended: it is expired, and the queue's words are the cause", async () => {
    const { clock, ended, note } = begin("wait", { queue: 12_000 });
    expect(note(QUEUED)).toBe(true);
    await clock.advance(12_000);
    expect(ended).toMatchObject([{ at: 12_000, reason: { code: "GaveUpWaiting", cause: { code: "QueueQuotaBusy" } } }]);
    expect(clockOutcome(ended[0]?.reason ?? STARTING, []).phase).toBe("expired");
  });

  it("that does not wait gives the queue some seconds for its first word, and ends with that word", async () => {
    const { clock, ended, note } = begin("fail");
    note(reason("QueueWaits", { queue: "gpu", detail: "QueueNotLooked" }));
    await clock.advance(5_000);
    note(QUEUED);
    await clock.advance(9_999);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toMatchObject([{ at: 15_000, reason: { code: "DidNotWait", cause: { code: "QueueQuotaBusy" } } }]);
    expect(clockOutcome(ended[0]?.reason ?? STARTING, []).phase).toBe("expired");
  });

  it("that does not wait starts when the queue admits it", async () => {
    const { clock, ended, note } = begin("fail");
    note(QUEUED);
    await clock.advance(2_000);
    note(STARTING);
    await clock.advance(60_000);
    expect(ended).toEqual([]);
  });

  it("is on the clock of the scheduler when it is admitted and has no node", async () => {
    const { clock, ended, note } = begin("wait", { queue: 300_000, schedule: 25_000 });
    note(QUEUED);
    await clock.advance(40_000);
    note(UNPLACED);
    await clock.advance(25_000);
    expect(ended).toMatchObject([{ at: 65_000, reason: { code: "NeverScheduled" } }]);
  });

  it("is pending again when the queue evicts it, and may wait as long as a new job", async () => {
    const { clock, ended, note } = begin("wait", { queue: 10_000 });
    expect(note(reason("TaskRunning"))).toBe(false);
    await clock.advance(3_600_000);
    expect(note(EVICTED)).toBe(true);
    await clock.advance(9_999);
    expect(ended).toEqual([]);
    expect(note(reason("TaskRunning"))).toBe(false);
    await clock.advance(60_000);
    expect(ended).toEqual([]);
  });
});

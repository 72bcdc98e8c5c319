// Enforces the clocks of one attempt: that of all attempts together, that of the step around the job, and that of the
// attempt itself, which stands still while the attempt is pending. All of them stand still while the run is paused.
// This file only reports which clock ended first; deciding/attemptOutcome.ts decides what follows from it.
import type { RunTime } from "../../catalog/job.ts";
import { attemptUsed, type ClockReading, totalLeft } from "../deciding/clocks.ts";
import type { Attempt } from "./attempt.ts";

export interface RunningClock {
  readonly name: "total" | "attempt" | "step";
  readonly limit: number;
  /** The name of the step; only for the clock "step". */
  readonly step?: string;
}

interface AttemptClocks {
  /** Aborts when the first clock ends. */
  readonly expired: AbortSignal;
  /** The clock that ended, or `undefined` while none has. */
  ended(): RunningClock | undefined;
  note(phase: "pending" | "running"): void;
}

interface Terms {
  /** The moment at which the attempt begins, or at which another driver resumes it. */
  readonly watch: ClockReading;
  /**
   * The milliseconds that a clock leaves at least, for an attempt that no process drove for a while. The whole length
   * of the clock is never exceeded.
   */
  readonly least: (left: number) => number;
  readonly until: AbortSignal;
}

export function startAttemptClocks(
  { job, within, runTime }: Attempt,
  { watch, least: leastFor, until }: Terms,
): AttemptClocks {
  const expired = new AbortController();
  const begun = watch.now.getTime();
  let ended: RunningClock | undefined;
  const limitTo = (one: RunningClock, remaining: number, signal: AbortSignal): void => {
    const least = leastFor(remaining);
    const atLeast = runTime.since(begun) < least ? Math.min(one.limit, least) : 0;
    void runTime.sleep(Math.max(atLeast, remaining), signal).then(() => {
      if (signal.aborted || ended !== undefined) return;
      ended = one;
      expired.abort();
    });
  };
  const { timeout, clocks } = job.plan;
  limitTo({ name: "total", limit: timeout }, totalLeft(job, watch), until);
  if (within !== null) limitTo({ name: "step", limit: within.limit, step: within.step }, within.left, until);
  const own = clocks?.attempt === undefined ? undefined : stopwatch(attemptUsed(job, watch), runTime, begun);
  let running = new AbortController();
  const note: AttemptClocks["note"] = (phase) => {
    if (own === undefined || clocks?.attempt === undefined || !own.turn(phase === "running")) return;
    running.abort();
    running = new AbortController();
    const signal = AbortSignal.any([running.signal, until]);
    if (phase === "running") limitTo({ name: "attempt", limit: clocks.attempt }, clocks.attempt - own.used(), signal);
  };
  note(job.pendingAt === null ? "running" : "pending");
  return { expired: expired.signal, ended: () => ended, note };
}

/** Measures the time in which it is on. `turn` returns false when it is already in that state. */
function stopwatch(before: number, runTime: RunTime, begun: number) {
  let used = before;
  let since: number | null = null;
  const now = (): number => runTime.since(begun);
  return {
    used: () => used + (since === null ? 0 : now() - since),
    turn(on: boolean): boolean {
      if (on === (since !== null)) return false;
      if (since !== null) used += now() - since;
      since = on ? now() : null;
      return true;
    },
  };
}

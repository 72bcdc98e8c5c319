// Which moments end the waiting of a job: its queue clock, and the time of the steps around it. Pure. While a run is paused these clocks
// stand still: a person's pause must not use up what a document allows for waiting.
import type { Job, Pause } from "../model/run.ts";

export interface Watch {
  readonly now: Date;
  readonly pauses: readonly Pause[];
}

/** A step around the job, and when its time is over. */
export interface ScopeEnd {
  readonly step: string;
  /** Milliseconds. */
  readonly limit: number;
  readonly at: number;
}

/** Only the wait for the first attempt: a retry waits because it may. Null: no such clock runs now. */
export function queueEnd(job: Job, watch: Watch): number | null {
  const limit = job.plan.clocks?.queue;
  if (limit === undefined || job.dueAt === null || job.attempt > 0) return null;
  return isPaused(watch) ? null : Date.parse(job.dueAt) + limit + pausedSince(job.dueAt, watch);
}

/** When the first job of each step was due. */
export function beginnings(jobs: Iterable<Job>): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  for (const { plan, dueAt } of jobs) {
    if (dueAt === null) continue;
    for (const { step } of plan.within ?? []) {
      const known = first.get(step);
      if (known === undefined || dueAt < known) first.set(step, dueAt);
    }
  }
  return first;
}

/** Of the steps around the job, the one whose time is over first. Null: none has begun, or none is limited. */
export function scopeEnd(job: Job, begun: ReadonlyMap<string, string>, watch: Watch): ScopeEnd | null {
  let first: ScopeEnd | null = null;
  for (const { step, timeout } of job.plan.within ?? []) {
    const from = begun.get(step);
    if (from === undefined) continue;
    const at = Date.parse(from) + timeout + pausedSince(from, watch);
    if (first === null || at < first.at) first = { step, limit: timeout, at };
  }
  return first;
}

function isPaused({ pauses }: Watch): boolean {
  return pauses.at(-1)?.to === null;
}

function pausedSince(moment: string, { pauses, now }: Watch): number {
  const since = Date.parse(moment);
  return pauses.reduce((sum, { from, to }) => {
    const end = to === null ? now.getTime() : Date.parse(to);
    return sum + Math.max(0, end - Math.max(since, Date.parse(from)));
  }, 0);
}

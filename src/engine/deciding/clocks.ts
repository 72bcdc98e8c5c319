// Calculates when the clocks of a job end: its queue clock, the times of the steps around it, and the clocks of its
// attempts. Pure. All of them count the time of the run, which stands still while the run is paused, because a pause
// must not use up the time that a document allows. The clock of an attempt also stands still while the attempt is
// pending: a wait for room, a node or an image has other limits.
import type { Job, Pause } from "../../model/run/run.ts";

export interface ClockReading {
  readonly now: Date;
  readonly pauses: readonly Pause[];
}

/** A step around the job that has begun and has a time limit. */
export interface StepDeadline {
  readonly step: string;
  /** Milliseconds. */
  readonly limit: number;
  /** Milliseconds of the run's time that are left; zero or less once the limit is reached. */
  readonly left: number;
}

export function isPaused({ pauses }: Pick<ClockReading, "pauses">): boolean {
  return pauses.at(-1)?.to === null;
}

/**
 * Milliseconds of the run's time between two moments. Negative when `to` comes first, as after a clock that was set
 * back.
 */
export function timeBetween(from: number, to: number, pauses: readonly Pause[]): number {
  return pauses.reduce((left, pause) => {
    const end = pause.to === null ? to : Math.min(to, Date.parse(pause.to));
    return left - Math.max(0, end - Math.max(from, Date.parse(pause.from)));
  }, to - from);
}

/** The moment, in milliseconds since the epoch, since which `time` milliseconds of the run's time have passed. */
function momentBefore(time: number, { now, pauses }: ClockReading): number {
  let left = time;
  let at = now.getTime();
  for (const { from, to } of pauses.toReversed()) {
    const begun = Date.parse(from);
    const end = Math.min(at, to === null ? at : Date.parse(to));
    if (left <= at - end) break;
    left -= at - end;
    at = Math.min(end, begun);
  }
  return at - left;
}

/**
 * The moment at which `left` milliseconds of the run's time will have passed, unless it is paused before. `null` while
 * the run is paused.
 */
export function momentAfter(left: number, watch: ClockReading): Date | null {
  return isPaused(watch) ? null : new Date(watch.now.getTime() + left);
}

/**
 * When the queue clock of the job ends, in milliseconds since the epoch. `null` when no queue clock is running. It only
 * limits the wait for the first attempt: a retry waits because its plan asks for that.
 */
export function queueEnd(job: Job, watch: ClockReading): number | null {
  const limit = job.plan.clocks?.queue;
  if (limit === undefined || job.dueAt === null || job.attempt > 0) return null;
  return momentAfter(limit - timeSince(job.dueAt, watch), watch)?.getTime() ?? null;
}

/** When the first job of each step was due. */
export function stepStarts(jobs: Iterable<Job>): ReadonlyMap<string, string> {
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

/** The step around the job whose time is over first. `null` when none of the steps that have begun has a limit. */
export function scopeEnd(job: Job, begun: ReadonlyMap<string, string>, watch: ClockReading): StepDeadline | null {
  let first: StepDeadline | null = null;
  for (const { step, timeout } of job.plan.within ?? []) {
    const from = begun.get(step);
    if (from === undefined) continue;
    const left = timeout - timeSince(from, watch);
    if (first === null || left < first.left) first = { step, limit: timeout, left };
  }
  return first;
}

/** Milliseconds that are left on the clock of all attempts together. */
export function totalLeft({ plan, startedAt }: Job, watch: ClockReading): number {
  return plan.timeout - (startedAt === null ? 0 : timeSince(startedAt, watch));
}

/** Milliseconds of the attempt's clock that are used up. Time in which the attempt was pending does not count. */
export function attemptUsed({ attemptAt, pendingAt }: Job, { now, pauses }: ClockReading): number {
  if (attemptAt === null) return 0;
  return timeBetween(Date.parse(attemptAt), pendingAt === null ? now.getTime() : Date.parse(pendingAt), pauses);
}

/** When the clock of the attempt ends. `null` when the attempt has no such clock, or the clock stands still. */
export function attemptEnd(job: Job, watch: ClockReading): Date | null {
  const limit = job.plan.clocks?.attempt;
  if (limit === undefined || job.attemptAt === null || job.pendingAt !== null) return null;
  return momentAfter(limit - attemptUsed(job, watch), watch);
}

/**
 * The job with the report of its attempt. When a pending time ends, the stored beginning of the attempt moves later by
 * that time.
 */
export function withProgress(
  job: Job,
  reported: Pick<Job, "reason" | "evidence"> & { readonly phase: "pending" | "running" },
  watch: ClockReading,
): Job {
  const { attemptAt, pendingAt } = job;
  if (reported.phase === "pending") return { ...job, ...reported, pendingAt: pendingAt ?? watch.now.toISOString() };
  if (pendingAt === null || attemptAt === null) return { ...job, ...reported, pendingAt: null };
  const begun = new Date(momentBefore(attemptUsed(job, watch), watch));
  return { ...job, ...reported, pendingAt: null, attemptAt: begun.toISOString() };
}

function timeSince(moment: string, { now, pauses }: ClockReading): number {
  return timeBetween(Date.parse(moment), now.getTime(), pauses);
}

// Which moments end a job: its queue clock, the time of the steps around it, and the clock of its attempt. Pure. While a run is paused the
// first two stand still: a person's pause must not use up what a document allows for waiting. The third stands still while the attempt is
// pending: a wait for room, a node or an image has clocks of its own.
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

/** Milliseconds of the attempt's clock that are used up; what it was pending does not count. */
export function attemptUsed({ attemptAt, pendingAt }: Job, now: number): number {
  if (attemptAt === null) return 0;
  return (pendingAt === null ? now : Date.parse(pendingAt)) - Date.parse(attemptAt);
}

/** Null: no such clock, or it stands still. */
export function attemptEnd(job: Job): Date | null {
  const limit = job.plan.clocks?.attempt;
  if (limit === undefined || job.attemptAt === null || job.pendingAt !== null) return null;
  return new Date(Date.parse(job.attemptAt) + limit);
}

/** The job with what its attempt told. Time that was pending is taken out of the attempt by moving its beginning. */
export function withProgress(
  job: Job,
  told: Pick<Job, "reason" | "evidence"> & { readonly phase: "pending" | "running" },
  now: Date,
): Job {
  const { attemptAt, pendingAt } = job;
  if (told.phase === "pending") return { ...job, ...told, pendingAt: pendingAt ?? now.toISOString() };
  if (pendingAt === null || attemptAt === null) return { ...job, ...told, pendingAt: null };
  const begun = new Date(now.getTime() - attemptUsed(job, now.getTime()));
  return { ...job, ...told, pendingAt: null, attemptAt: begun.toISOString() };
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

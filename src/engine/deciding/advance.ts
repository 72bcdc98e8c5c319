// The scheduler, as a pure function: given the jobs of a run, it decides which jobs start, which jobs will never start,
// and whether the run has ended. driving/advanceRun.ts calls it and writes the decision. The scheduler knows no job
// type.
//
//  - Rule 1: a job starts when every job that it needs has succeeded (or has only ended, when the plan says so), and
//    never before.
//  - Rule 2: a job that did not succeed stops exactly the jobs that need it. A job that its own condition skipped stops
//    nothing.
//  - Rule 3: a cancelled run starts only its final jobs. A run that is paused, and not cancelled, starts nothing.
//  - Rule 4: a run ends when all of its jobs have ended.
import { formatDuration } from "../../model/document/duration.ts";
import { type Reason, reason, sameReason } from "../../model/reasons/reason.ts";
import { DECIDING, isActive, isSettled } from "../../model/run/phase.ts";
import { isCancelled } from "../../model/run/plan.ts";
import type { Job, Pause, RunEnding } from "../../model/run/run.ts";
import type { LockRefusal } from "../../ports/store.ts";
import { momentAfter, queueEnd, type StepDeadline, scopeEnd, stepStarts, totalLeft } from "./clocks.ts";
import { rootName } from "./rootJob.ts";

interface Situation {
  readonly jobs: readonly Job[];
  readonly cancelledBy: string | null;
  readonly pausedBy: string | null;
  readonly pauses?: readonly Pause[];
  /** The user who said, with a cancel or after it, that final jobs must not run either. */
  readonly finalSkippedBy?: string | null;
  readonly now: Date;
  /** The number of jobs of this run that may be active at the same time. */
  readonly parallel: number;
  /**
   * Called for a job whose needs are met. Returns `null` when its condition is true or there is none, otherwise the
   * reason for skipping the job. `jobs` are the jobs as this decision has changed them so far; the store may be one
   * decision behind.
   */
  readonly condition?: (job: Job, jobs: Iterable<Job>) => Reason | null;
  /**
   * Jobs that may not start now because of something outside the run (a limit, a lock, a switch), each with the reason
   * to show.
   */
  readonly refusals?: ReadonlyMap<string, StartRefusal>;
  /**
   * Called just before a job starts, in the order in which jobs start: the answer may depend on the jobs that this
   * decision started before.
   */
  readonly refusal?: (job: Job, jobs: ReadonlyMap<string, Job>) => StartRefusal | null;
  /** Whether the job takes none of the `parallel` slots, because it only waits. */
  readonly parks?: (job: Job) => boolean;
}

/** Why a job may not start now. */
export interface StartRefusal {
  readonly reason: Reason;
  /** The job does not wait: it ends in this phase. Default: it waits. */
  readonly settle?: "failed" | "rejected";
  /**
   * The time at which the decision should be made again, if nothing happens before. Default: only when something
   * happens.
   */
  readonly until?: Date;
  /** The limit or lock that is not free. Not set when something else holds the job back. */
  readonly lock?: Pick<LockRefusal, "key" | "limit" | "holders">;
}

export interface Decision {
  /** The jobs that changed, in their new state. */
  readonly changed: readonly Job[];
  /** The next time at which a clock of a job that has not begun ends, or a retry is due. `null` when there is none. */
  readonly wakeAt: Date | null;
  /** How the run ended. `null` while a job has not ended. */
  readonly finish: RunEnding | null;
}

interface Board extends Situation {
  readonly byName: Map<string, Job>;
  readonly put: (job: Job) => void;
  readonly begun: ReadonlyMap<string, string>;
  readonly pauses: readonly Pause[];
  /** Jobs that only `refusal` kept from starting. */
  readonly refused: Map<string, StartRefusal>;
}

export function advance(situation: Situation): Decision {
  const byName = new Map(situation.jobs.map((job) => [job.name, job]));
  const changed = new Set<string>();
  const put = (job: Job): void => {
    byName.set(job.name, job);
    changed.add(job.name);
  };
  const board: Board = {
    ...situation,
    byName,
    put,
    begun: new Map(),
    pauses: situation.pauses ?? [],
    refused: new Map(),
  };
  const timed = settle(board);
  startDue(timed);
  const all = [...byName.values()];
  return {
    changed: all.filter((job) => changed.has(job.name)),
    wakeAt: earliest(all, timed),
    finish: all.every((job) => isSettled(job.phase)) ? verdict(all) : null,
  };
}

/**
 * Ends every job that will not start, and starts the queue clock of every job that may start. Each ending can end or
 * free further jobs, so this repeats until nothing changes. When a job gives up waiting in a queue, the jobs that need
 * it must end in the same decision, because no later event would cause another one. The loop terminates, because each
 * round ends a job or marks one as due, and neither is ever undone.
 */
function settle(board: Board): Board {
  for (;;) {
    const timed: Board = { ...board, begun: stepStarts(board.byName.values()) };
    // This comes before the needs: a job inside a step whose time is over has expired, whichever job of the step is
    // looked at first.
    const moved = settleEach(timed, outOfScope);
    settleUnreachable(timed);
    markDue(timed);
    if (!settleEach(timed, givenUp) && !moved) return { ...board, begun: stepStarts(board.byName.values()) };
  }
}

/** Skips the jobs that can no longer start, and then the jobs that need those, until none is left. */
function settleUnreachable(board: Board): void {
  for (let moved = true; moved; ) {
    moved = false;
    for (const job of board.byName.values()) {
      if (job.phase !== "waiting" && job.phase !== "queued") continue;
      const settled = unreachable(job, board);
      if (settled === null) continue;
      board.put(settled);
      moved = true;
    }
  }
}

function unreachable(job: Job, board: Board): Job | null {
  const { cancelledBy, now, byName } = board;
  if (cancelledBy !== null && isCancelled(job.plan, board))
    return ended(job, "cancelled", reason("CancelledBy", { actor: cancelledBy }), now);
  const culprit = job.plan.needs.find((need) => {
    const other = byName.get(need.job);
    return other !== undefined && need.on !== "end" && isSettled(other.phase) && !satisfies(other);
  });
  if (culprit !== undefined) return ended(job, "skipped", unmet(culprit.job, byName), now);
  if (job.dueAt !== null || !needsAreThere(job, board)) return null;
  const why = board.condition?.(job, byName.values()) ?? null;
  return why === null ? null : ended(job, "skipped", why, now);
}

/**
 * The reason names the job with which the trouble began. A job that was itself skipped because of another one explains
 * nothing.
 */
function unmet(name: string, byName: Board["byName"]): Reason {
  return reason("DependencyFailed", { component: rootName(byName.get(name), name) });
}

/** A job that its own condition skipped counts as done: the jobs after it go on. */
function satisfies(job: Job): boolean {
  return job.phase === "succeeded" || (job.phase === "skipped" && job.reason.code === "ConditionFalse");
}

function needsAreThere(job: Job, { byName }: Board): boolean {
  if (job.plan.final === true) {
    for (const other of byName.values()) if (other.plan.final !== true && !isSettled(other.phase)) return false;
  }
  return job.plan.needs.every((need) => {
    const other = byName.get(need.job);
    return other !== undefined && (need.on === "end" ? isSettled(other.phase) : satisfies(other));
  });
}

/** Marks the jobs whose last need has been met. Their queue clocks start now. */
function markDue(board: Board): void {
  for (const job of board.byName.values()) {
    if (job.phase !== "waiting" || job.dueAt !== null || !needsAreThere(job, board)) continue;
    board.put({ ...job, dueAt: board.now.toISOString() });
  }
}

/** Ends each job that has not begun and for which `ending` returns an ended job. True when there was one. */
function settleEach(board: Board, ending: (job: Job, board: Board) => Job | null): boolean {
  let moved = false;
  for (const job of board.byName.values()) {
    const given = job.phase === "waiting" || job.phase === "queued" ? ending(job, board) : null;
    if (given === null) continue;
    board.put(given);
    moved = true;
  }
  return moved;
}

/**
 * The job, expired because the time of a step around it is over. A cancel comes first: a job that it ends has not
 * expired.
 */
function outOfScope(job: Job, board: Board): Job | null {
  const scope = isCancelled(job.plan, board) ? null : scopeEnd(job, board.begun, board);
  return scope === null || scope.left > 0 ? null : ended(job, "expired", outOfTime(job, scope), board.now);
}

/**
 * The job as it ends because a clock of its own ran out, or because it does not wait for what holds it back. `null`
 * when it goes on waiting.
 */
function givenUp(job: Job, board: Board): Job | null {
  if (!isDue(job)) return null;
  const refusal = board.refusals?.get(job.name);
  if (refusal?.settle !== undefined) return ended(job, refusal.settle, refusal.reason, board.now);
  // The clock of all attempts together runs between attempts as well. After its end, no further attempt begins.
  if (job.startedAt !== null && totalLeft(job, board) <= 0) {
    const limit = formatDuration(job.plan.timeout);
    return ended(job, "timed-out", reason("Deadline", { limit }, job.reason), board.now);
  }
  const end = queueEnd(job, board);
  if (end === null || end > board.now.getTime()) return null;
  const params = { limit: formatDuration(job.plan.clocks?.queue ?? 0) };
  return ended(job, "expired", reason("GaveUpWaiting", params, refusal?.reason ?? job.reason), board.now);
}

function outOfTime(job: Job, { step, limit }: StepDeadline): Reason {
  return reason("StepDeadline", { step, limit: formatDuration(limit) }, job.reason);
}

function isDue(job: Job): boolean {
  return job.phase === "queued" || (job.phase === "waiting" && job.dueAt !== null);
}

function startDue(board: Board): void {
  const { now, pausedBy, cancelledBy, parallel } = board;
  let free =
    parallel - [...board.byName.values()].filter((job) => isActive(job.phase) && board.parks?.(job) !== true).length;
  for (const job of board.byName.values()) {
    if (!isDue(job) || (job.notBefore !== null && new Date(job.notBefore) > now)) continue;
    const waitsFor =
      pausedBy === null || cancelledBy !== null
        ? board.refusals?.get(job.name)?.reason
        : reason("Paused", { actor: pausedBy });
    if (waitsFor !== undefined) keepQueued(board, job, waitsFor);
    else if (board.parks?.(job) === true) start(board, job);
    else if (free > 0) free -= start(board, job) ? 1 : 0;
    else keepQueued(board, job, reason("Slot", { limit: parallel }));
  }
}

/** False when `refusal` kept the job from starting. */
function start(board: Board, job: Job): boolean {
  const refusal = board.refusal?.(job, board.byName) ?? null;
  if (refusal === null) board.put(started(job, board.now));
  else {
    board.refused.set(job.name, refusal);
    keepQueued(board, job, refusal.reason);
  }
  return refusal === null;
}

function keepQueued(board: Board, job: Job, why: Reason): void {
  if (job.phase === "queued" && sameReason(job.reason, why)) return;
  board.put({ ...job, phase: "queued", reason: why });
}

function started(job: Job, now: Date): Job {
  const at = now.toISOString();
  return {
    ...job,
    phase: "running",
    attempt: job.attempt + 1,
    notBefore: null,
    startedAt: job.startedAt ?? at,
    attemptAt: at,
    pendingAt: null,
    reason:
      job.plan.objects.length === 0 ? reason("Beginning") : reason("Applying", { count: job.plan.objects.length }),
    evidence: [],
  };
}

/** The evidence of an earlier attempt is kept only when the ending names the reason of that attempt as its cause. */
function ended(job: Job, phase: Job["phase"], why: Reason, now: Date): Job {
  const evidence = why.cause === undefined ? [] : job.evidence;
  return { ...job, phase, reason: why, evidence, notBefore: null, finishedAt: now.toISOString() };
}

/**
 * The next time at which a decision is due. Times that are over do not count: such a job waits for a slot, and a freed
 * slot causes a decision.
 */
function earliest(jobs: readonly Job[], board: Board): Date | null {
  const { now, refusals, refused } = board;
  const times = jobs
    .flatMap((job) => {
      if (job.phase !== "queued" && job.phase !== "waiting") return [];
      const until = (refusals?.get(job.name) ?? refused.get(job.name))?.until?.getTime() ?? null;
      const scope = scopeEnd(job, board.begun, board);
      return [
        job.notBefore === null ? null : Date.parse(job.notBefore),
        queueEnd(job, board),
        job.startedAt === null ? null : (momentAfter(totalLeft(job, board), board)?.getTime() ?? null),
        until,
        scope === null ? null : (momentAfter(scope.left, board)?.getTime() ?? null),
      ];
    })
    .filter((time): time is number => time !== null && time > now.getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}

function verdict(jobs: readonly Job[]): RunEnding {
  const phases = new Set(jobs.map((job) => job.phase));
  const worst = DECIDING.find((phase) => phases.has(phase));
  if (worst !== undefined) return worst;
  return jobs.every((job) => job.phase !== "skipped" || satisfies(job)) ? "succeeded" : "failed";
}

// The scheduler, as a pure function: given the jobs of a run, which start, which will never start, and has the run ended?
// Rule 1: a job starts when everything it needs succeeded (or only ended, where it says so), and never before.
// Rule 2: what did not succeed stops exactly what needs it; what its own condition skipped stops nothing.
// Rule 3: a cancelled run starts nothing more but its final jobs; a paused one that is not cancelled starts nothing. Rule 4: a run ends when all of its jobs have.
// It knows no job type.
import { formatDuration } from "../../model/document/duration.ts";
import { type Reason, reason, sameReason } from "../../model/reasons/reason.ts";
import { DECIDING, isActive, isSettled } from "../../model/run/phase.ts";
import { isCancelled } from "../../model/run/plan.ts";
import type { Job, Pause, RunEnding } from "../../model/run/run.ts";
import type { LockRefusal } from "../../ports/store.ts";
import { beginnings, momentAfter, queueEnd, type StepDeadline, scopeEnd, totalLeft } from "./clocks.ts";
import { rootName } from "./rootJob.ts";

interface Situation {
  readonly jobs: readonly Job[];
  readonly cancelledBy: string | null;
  readonly pausedBy: string | null;
  readonly pauses?: readonly Pause[];
  /** After a cancel: who said that final jobs are not to run either. */
  readonly finalSkippedBy?: string | null;
  readonly now: Date;
  /** Jobs of this run that may be running at the same time. */
  readonly parallel: number;
  /**
   * Asked for a job whose needs are there: null when its condition holds (or there is none), otherwise why it is skipped.
   * `jobs` are the jobs as this decision has them by now; what the store has may be one decision behind.
   */
  readonly condition?: (job: Job, jobs: Iterable<Job>) => Reason | null;
  /** Jobs that may not start now for a reason outside of the run (a limit, a lock, a switch), and what is to be told of them. */
  readonly refusals?: ReadonlyMap<string, StartRefusal>;
  /** Asked just before a job starts, in the order of starting: what may start may depend on what this decision started before it. */
  readonly refusal?: (job: Job, jobs: ReadonlyMap<string, Job>) => StartRefusal | null;
  /** Jobs that take none of the run's slots. */
  readonly parks?: (job: Job) => boolean;
}

/** `settle`: it does not wait for what holds it. */
export interface StartRefusal {
  readonly reason: Reason;
  readonly settle?: "failed" | "rejected";
  /** It is worth looking again then, if nothing happens before. */
  readonly until?: Date;
  /** The limit or lock that it does not get, where that holds it. */
  readonly lock?: Pick<LockRefusal, "key" | "limit" | "holders">;
}

export interface Decision {
  /** The jobs in their new state; only those that changed. */
  readonly changed: readonly Job[];
  /** When a queued job becomes due or gives up, if nothing happens before. */
  readonly wakeAt: Date | null;
  /** How the run ended, once every job has settled. */
  readonly finish: RunEnding | null;
}

interface Board extends Situation {
  readonly byName: Map<string, Job>;
  readonly put: (job: Job) => void;
  readonly begun: ReadonlyMap<string, string>;
  readonly pauses: readonly Pause[];
  /** Jobs that could have started but for `refusal`. */
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
 * Ends everything that will not start, and starts the queue clocks of what may start. Each ending can end or free further jobs, so this
 * repeats until nothing changes: a job that gives up its place in a queue ends what needs it in the same decision, because no later event
 * would ask for another one. It terminates, because each round ends a job or marks one as due, and neither is ever taken back.
 */
function settle(board: Board): Board {
  for (;;) {
    const timed: Board = { ...board, begun: beginnings(board.byName.values()) };
    // Before needs are looked at: what waits inside of a step whose time is over has expired, whichever of its jobs is seen to end first.
    const moved = settleEach(timed, outOfScope);
    settleUnreachable(timed);
    markDue(timed);
    if (!settleEach(timed, givenUp) && !moved) return { ...board, begun: beginnings(board.byName.values()) };
  }
}

/** Skips what can no longer start, through as many edges as it takes. */
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

/** Names the job that everything began with: what was itself only skipped for want of another one is no reason. */
function unmet(name: string, byName: Board["byName"]): Reason {
  return reason("DependencyFailed", { component: rootName(byName.get(name), name) });
}

/** Skipped by its own condition is as good as done: what comes after it goes on. */
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

/** The queue clock of a job starts with the last thing that it needed. */
function markDue(board: Board): void {
  for (const job of board.byName.values()) {
    if (job.phase !== "waiting" || job.dueAt !== null || !needsAreThere(job, board)) continue;
    board.put({ ...job, dueAt: board.now.toISOString() });
  }
}

/** Ends each job that has not begun and for which `ending` has an end. True when there was one. */
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

/** A cancel comes first: what it ends has not expired. */
function outOfScope(job: Job, board: Board): Job | null {
  const scope = isCancelled(job.plan, board) ? null : scopeEnd(job, board.begun, board);
  return scope === null || scope.left > 0 ? null : ended(job, "expired", outOfTime(job, scope), board.now);
}

/** The job as it ends because a clock of its own ran out or because what holds it back is not waited for; null: it goes on waiting. */
function givenUp(job: Job, board: Board): Job | null {
  if (!isHeldBack(job)) return null;
  const hold = board.refusals?.get(job.name);
  if (hold?.settle !== undefined) return ended(job, hold.settle, hold.reason, board.now);
  // The clock of all attempts together goes on between them: an attempt that could only begin after its end does not begin.
  if (job.startedAt !== null && totalLeft(job, board) <= 0) {
    const limit = formatDuration(job.plan.timeout);
    return ended(job, "timed-out", reason("Deadline", { limit }, job.reason), board.now);
  }
  const end = queueEnd(job, board);
  if (end === null || end > board.now.getTime()) return null;
  const params = { limit: formatDuration(job.plan.clocks?.queue ?? 0) };
  return ended(job, "expired", reason("GaveUpWaiting", params, hold?.reason ?? job.reason), board.now);
}

function outOfTime(job: Job, { step, limit }: StepDeadline): Reason {
  return reason("StepDeadline", { step, limit: formatDuration(limit) }, job.reason);
}

function isHeldBack(job: Job): boolean {
  return job.phase === "queued" || (job.phase === "waiting" && job.dueAt !== null);
}

function startDue(board: Board): void {
  const { now, pausedBy, cancelledBy, parallel } = board;
  let free =
    parallel - [...board.byName.values()].filter((job) => isActive(job.phase) && board.parks?.(job) !== true).length;
  for (const job of board.byName.values()) {
    if (!isHeldBack(job) || (job.notBefore !== null && new Date(job.notBefore) > now)) continue;
    const hold =
      pausedBy === null || cancelledBy !== null
        ? board.refusals?.get(job.name)?.reason
        : reason("Paused", { actor: pausedBy });
    if (hold !== undefined) holdBack(board, job, hold);
    else if (board.parks?.(job) === true) start(board, job);
    else if (free > 0) free -= start(board, job) ? 1 : 0;
    else holdBack(board, job, reason("Slot", { limit: parallel }));
  }
}

/** False: it was refused. */
function start(board: Board, job: Job): boolean {
  const refusal = board.refusal?.(job, board.byName) ?? null;
  if (refusal === null) board.put(started(job, board.now));
  else {
    board.refused.set(job.name, refusal);
    holdBack(board, job, refusal.reason);
  }
  return refusal === null;
}

function holdBack(board: Board, job: Job, why: Reason): void {
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

/** What an earlier attempt left as evidence speaks for an ending that goes back to it, and for no other. */
function ended(job: Job, phase: Job["phase"], why: Reason, now: Date): Job {
  const evidence = why.cause === undefined ? [] : job.evidence;
  return { ...job, phase, reason: why, evidence, notBefore: null, finishedAt: now.toISOString() };
}

/** What is due already waits for a slot, and a slot that comes free wakes us by itself. */
function earliest(jobs: readonly Job[], board: Board): Date | null {
  const { now, refusals: held, refused } = board;
  const times = jobs
    .flatMap((job) => {
      if (job.phase !== "queued" && job.phase !== "waiting") return [];
      const until = (held?.get(job.name) ?? refused.get(job.name))?.until?.getTime() ?? null;
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

// One step of a run: takes in what happened, decides, and writes both in one transaction. Its guards are the run's
// fence and the phase and attempt of each job. The decision itself is the pure function `advance`
// (deciding/advance.ts). The locks and slots that a job needs are taken in the same transaction. When one is not free,
// nothing is written, and the step is decided again with that job held back.

import type { JsonObject } from "../../model/data/json.ts";
import { sameMeaning } from "../../model/reasons/meaning.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { NewEvent } from "../../model/run/event.ts";
import { isActive } from "../../model/run/phase.ts";
import type { JobLock } from "../../model/run/plan.ts";
import type { Job } from "../../model/run/run.ts";
import type { ChangeResult, JobChange, LockRefusal, RunChange } from "../../ports/store.ts";
import { wakeRunCalled } from "../contract/duties.ts";
import { advance, type Decision, type StartRefusal } from "../deciding/advance.ts";
import { settleAttempt } from "../deciding/attemptOutcome.ts";
import { unmetCondition } from "../deciding/bindings.ts";
import type { Admission } from "../deciding/breakers.ts";
import { withProgress } from "../deciding/clocks.ts";
import { contextOf } from "../deciding/context.ts";
import { type DecisionInput, groundsOf } from "../deciding/grounds.ts";
import { waitingSubject } from "./breakerSubject.ts";
import {
  changedEvent,
  type DrivenRun,
  type Driver,
  definitionOf,
  eventOf,
  type LocksOfRun,
  watchOf,
} from "./driver.ts";
import { LOCK_LOST } from "./heldLocks.ts";
import { locksOf } from "./neededLocks.ts";

/** The decision as it was written. `null` when this process no longer drives the run. */
export async function advanceRun(driver: Driver): Promise<Decision | null> {
  const news = takeIn(driver);
  // The run's own jobs that wait for a lock ask for it again now. Otherwise a job that becomes due in this decision
  // would take it first.
  if (freesLocks(driver.locks, news)) driver.locks.refused.clear();
  for (;;) {
    const admission = driver.dependencies.breakers.admission();
    const written = await decideAndWrite(driver, news, admission).catch((error: unknown) => {
      admission.takeBack();
      throw error;
    });
    if (written !== "again" && written !== null) return written;
    admission.takeBack();
    if (written === null) return null;
  }
}

async function decideAndWrite(
  driver: Driver,
  news: Map<string, Job>,
  admission: Admission,
): Promise<Decision | "again" | null> {
  const { decision, next, judged } = decide(driver, news, admission);
  const request = changeOf(driver, { next, judged }, decision);
  if (request.jobs.length === 0 && request.finish === undefined) return decision;
  if (request.finish?.phase === "succeeded" && driver.run.kind === "delete") await forget(driver);
  const result = await driver.dependencies.store.runs.change(request);
  if (result.outcome === "held") {
    await waitForLock(driver, next, result.refusal);
    return "again";
  }
  if (result.outcome === "displaced") {
    settleDisplaced(driver, news, result.job);
    return "again";
  }
  if (!(await accepted(driver, result))) return null;
  driver.jobs = next;
  for (const [name, job] of next) if (!isActive(job.phase)) driver.locks.held.delete(name);
  return decision;
}

/**
 * The jobs with what happened since the last step. Called once for each step, because it removes the results and
 * reports that it takes in.
 */
function takeIn(driver: Pick<Driver, "dependencies" | "run" | "jobs" | "attempts">): Map<string, Job> {
  const now = driver.dependencies.clock.now();
  const next = new Map(driver.jobs);
  for (const [name, result] of driver.attempts.results) change(next, name, (job) => settleAttempt(job, result, now));
  for (const [name, report] of driver.attempts.reports)
    change(next, name, (job) => (isActive(job.phase) ? withProgress(job, report, watchOf(driver)) : job));
  driver.attempts.results.clear();
  driver.attempts.reports.clear();
  return next;
}

function freesLocks({ held }: LocksOfRun, news: ReadonlyMap<string, Job>): boolean {
  return [...held.keys()].some((name) => !isActive(news.get(name)?.phase ?? "waiting"));
}

function change(jobs: Map<string, Job>, name: string, update: (job: Job) => Job): void {
  const job = jobs.get(name);
  if (job !== undefined) jobs.set(name, update(job));
}

const PARALLEL_JOBS = 64;

interface Decided {
  readonly next: Map<string, Job>;
  /** For each job whose condition was decided: the values that it was decided on. */
  readonly judged: ReadonlyMap<string, JsonObject>;
}

function decide(
  driver: Pick<Driver, "dependencies" | "run" | "elsewhere" | "locks">,
  news: ReadonlyMap<string, Job>,
  admission: Admission,
): Decided & { readonly decision: Decision } {
  const next = new Map(news);
  const judged = new Map<string, JsonObject>();
  const decision = advance({
    jobs: [...next.values()],
    cancelledBy: driver.run.cancelledBy,
    pausedBy: driver.run.pausedBy,
    pauses: driver.run.pauses,
    finalSkippedBy: driver.run.finalSkippedBy,
    now: driver.dependencies.clock.now(),
    parallel: PARALLEL_JOBS,
    condition: (job, jobs) => {
      if (job.plan.condition === undefined) return null;
      const context = contextOf(driver.run, jobs, job);
      judged.set(job.name, context);
      return unmetCondition(job, context);
    },
    refusals: startRefusals(driver, next),
    refusal: (job, jobs) => admission.ask(waitingSubject(driver, job, jobs)),
    parks: (job) => definitionOf(driver, job)?.parks === true,
  });
  for (const job of decision.changed) next.set(job.name, job);
  return { decision, next, judged };
}

/** Ends the attempt of a job that lost its lock. What it did without the lock does not count, however it ended. */
function settleDisplaced(
  driver: Pick<Driver, "dependencies" | "jobs" | "locks">,
  news: Map<string, Job>,
  name: string,
): void {
  const key = (driver.locks.held.get(name) ?? []).map((one) => one.key).join(", ");
  driver.locks.held.delete(name);
  const before = driver.jobs.get(name);
  if (before !== undefined) news.set(name, settleAttempt(before, LOCK_LOST(key), driver.dependencies.clock.now()));
}

/**
 * The jobs that may not start now, each with its reason: its lock is not free, its type is switched off, its breaker is
 * open, or this process does not know the run's cluster.
 */
function startRefusals(
  driver: Pick<Driver, "dependencies" | "run" | "elsewhere" | "locks">,
  jobs: ReadonlyMap<string, Job>,
): ReadonlyMap<string, StartRefusal> {
  const now = driver.dependencies.clock.now();
  for (const [name, { until }] of driver.locks.refused)
    if (until !== undefined && until <= now) driver.locks.refused.delete(name);
  const refusals = new Map(driver.locks.refused);
  for (const job of jobs.values()) {
    if (job.phase !== "waiting" && job.phase !== "queued") continue;
    const refusal =
      driver.elsewhere === null
        ? driver.dependencies.breakers.refusalOf(waitingSubject(driver, job, jobs))
        : { reason: driver.elsewhere };
    if (refusal !== null) refusals.set(job.name, refusal);
  }
  return refusals;
}

/**
 * Handles a lock that was not free. The refused request put the job into the queue of the lock. The first time, the
 * request is made again: if the lock was freed before the job stood in the queue, no wake would come. The second time,
 * the job is held back until the run is woken.
 */
async function waitForLock(
  driver: Pick<Driver, "dependencies" | "run" | "locks">,
  next: ReadonlyMap<string, Job>,
  refusal: LockRefusal,
): Promise<void> {
  const entry = `${refusal.key} ${refusal.job}`;
  if (!driver.locks.queued.has(entry)) {
    driver.locks.queued.add(entry);
    return;
  }
  const wanted = locksOf(driver, next, next.get(refusal.job)).find((one) => one.key === refusal.key);
  driver.locks.refused.set(refusal.job, await lockRefusal(driver, refusal, wanted));
}

async function lockRefusal(
  driver: DrivenRun,
  refusal: LockRefusal,
  wanted: JobLock | undefined,
): Promise<StartRefusal> {
  const { key, limit, holders, until } = refusal;
  const holder = holders.map((one) => `run ${one.run}, job ${one.job}`).join("; ");
  const busy = limit > 1 ? reason("TypeLimit", { limit, scope: key }) : reason("KeyBusy", { key, holder });
  if (wanted?.onLimit === "fail")
    return { reason: reason("KeyTaken", { key, holder }), settle: "failed", lock: refusal };
  if (wanted?.onLimit === "cancel") for (const one of holders) await cancelHolder(driver, one.run);
  // A holder whose process died wakes no other run. The lock is therefore asked for again when its lease runs out.
  return { reason: busy, lock: refusal, ...(until === null ? {} : { until: new Date(Date.parse(until) + 1) }) };
}

async function cancelHolder({ dependencies, run }: DrivenRun, holder: string): Promise<void> {
  const other = await dependencies.store.runs.get(holder);
  if (other === null || other.id === run.id) return;
  const actor = `run ${run.id}`;
  await dependencies.store.runs.cancel(other.id, actor, [eventOf(other, "run.cancelling", { actor })]);
  await wakeRunCalled(dependencies, other.id);
}

type Answer = Exclude<ChangeResult, { readonly outcome: "held" | "displaced" }>;

async function accepted(
  { dependencies, run, locks }: Pick<Driver, "dependencies" | "run" | "locks">,
  result: Answer,
): Promise<boolean> {
  if (result.outcome === "stale") {
    dependencies.log.write("warn", "this process no longer drives the run", { run: run.id });
    return false;
  }
  for (const [job, held] of result.locks) locks.held.set(job, held);
  for (const waiting of result.wake) await wakeRunCalled(dependencies, waiting);
  return true;
}

function changeOf(driver: Driver, decided: Decided, decision: Decision): RunChange {
  const jobs: JobChange[] = [];
  const events: NewEvent[] = [];
  for (const [name, job] of decided.next) {
    const before = driver.jobs.get(name);
    if (before === undefined || before === job) continue;
    const starts = isActive(job.phase) && !isActive(before.phase);
    const locks = starts
      ? locksOf(driver, decided.next, job).map(({ key, limit, shared = false }) => ({ key, limit, shared }))
      : [];
    const held = isActive(before.phase) ? (driver.locks.held.get(name) ?? []) : [];
    jobs.push({ job, locks, held, from: { phase: before.phase, attempt: before.attempt } });
    const grounds = groundsOf(before, job, decidingOf(driver, decided, { job, locks }));
    if (grounds !== null || !meansTheSame(before, job)) events.push(changedEvent(driver.run, job, grounds));
  }
  if (decision.finish === null) return { run: driver.run.id, fence: driver.fence, jobs, events };
  events.push(eventOf(driver.run, "run.finished", { phase: decision.finish }));
  return {
    run: driver.run.id,
    fence: driver.fence,
    jobs,
    events,
    finish: { phase: decision.finish, at: driver.dependencies.clock.now().toISOString() },
  };
}

/** Whether a job that waits still waits for the same: then only its wording is stored, and no event is written. */
function meansTheSame(before: Job, job: Job): boolean {
  if (job.phase !== "pending" || before.phase !== "pending" || job.attempt !== before.attempt) return false;
  return sameMeaning(before.reason, job.reason);
}

function decidingOf(
  driver: Pick<Driver, "run" | "mask" | "locks">,
  { next, judged }: Decided,
  { job, locks }: Pick<DecisionInput, "locks"> & { readonly job: Job },
): DecisionInput {
  return {
    jobs: next,
    context: (asking) => judged.get(asking.name) ?? contextOf(driver.run, next.values(), asking),
    refusal: driver.locks.refused.get(job.name),
    locks,
    mask: (text) => driver.mask.text(text),
  };
}

/**
 * Removes a deleted application from the store. Called before the run is marked as ended, so that after a crash it is
 * done again, without harm.
 */
async function forget(driver: DrivenRun): Promise<void> {
  const { project, application } = driver.run;
  if (application === null) return;
  await driver.dependencies.store.completions.forget(project, application);
  await driver.dependencies.store.forgetApplication(project, application);
  await driver.dependencies.store.events.append(eventOf(driver.run, "application.deleted", {}));
}

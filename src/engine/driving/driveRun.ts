// Drives one run to its end. One process drives a run at a time: dispatch hands the run to `driveRun` together with a
// lease, and the returned outcome says when dispatch hands it out next. "done" means: not again. `{ again }` means: at
// that time, or, when it is `null`, only when a message wakes the run.
//
// A drive goes through these modes (docs/architecture.md has the modes of a run as users see them):
//
//  1. Take over. The store gives the driver a new fence, a number that is higher than that of every earlier driver. The
//     store refuses everything that a driver with a lower number writes. Next: open. Returns "done" when the run has
//     ended or does not exist, and the time of start when it has not come and the run is not cancelled.
//  2. Open. The driver reads the jobs from the store, records the objects that the run will create
//     (recordRunIntents.ts), and takes over the locks that the run holds (heldLocks.ts). Next: decide. When this
//     process does not know the run's cluster and another one may, the drive starts nothing: it gives the run back,
//     either immediately or after one decision about cancels and clocks (otherProcess.ts).
//  3. Decide. `advanceRun` takes in the results and reports of attempts, asks the pure scheduler which jobs
//     may start, and writes the answer in one transaction. Its guards are the fence and each job's phase and attempt.
//     Next: start, or the end. Returns "done" when every job has ended, and also when a guard did not match, because
//     then another process drives the run.
//  4. Start. Each job that is active and has no attempt in this process gets one (execute.ts). Attempts run at the same
//     time as this loop, and announce their reports and results through `driver.news`. Next: decide again when
//     something has already come in, otherwise wait.
//  5. Wait. The run is parked when nothing of it needs a process (parking.ts); the drive then returns `{ again }`.
//     Otherwise the driver waits for news, for the next time in the decision, or for the loss of its lease. After 10
//     seconds without news it gives its slot back to dispatch and keeps the lease (`lease.rest`). Next: decide.
//
// The drive throws when the store could not keep what a job did; dispatch then tries the whole drive again. After a
// crash, the next driver begins at 1. It finds jobs that are marked as running, and runs them again under the same
// attempt, which every job type must bear.

import { canonicalJson } from "../../model/data/json.ts";
import { sameMeaning } from "../../model/reasons/meaning.ts";
import { sameReason } from "../../model/reasons/reason.ts";
import { isActive } from "../../model/run/phase.ts";
import type { Job } from "../../model/run/run.ts";
import type { DriveOutcome, Lease } from "../../ports/dispatch.ts";
import { createNews } from "../../ports/news.ts";
import { applicationKeyOf } from "../contract/requests.ts";
import { filledInput } from "../deciding/bindings.ts";
import { scopeEnd, stepStarts } from "../deciding/clocks.ts";
import { contextOf } from "../deciding/context.ts";
import { applicationMask, attemptMask, secretMask } from "../secrets/masking.ts";
import { advanceRun } from "./advanceRun.ts";
import type { AttemptProgress } from "./attempt.ts";
import { breakerSubject } from "./breakerSubject.ts";
import { cancelSignal, type DriveDependencies, type Driver, watchOf } from "./driver.ts";
import { executeAttempt } from "./execute.ts";
import { keepLocks, takeUpLocks } from "./heldLocks.ts";
import { clusterElsewhere, isWithinPatience, nextCheck, reportElsewhere } from "./otherProcess.ts";
import { parkedUntil } from "./parking.ts";
import { recordIntents } from "./recordRunIntents.ts";
import { runTimeOf } from "./runClock.ts";

export async function driveRun(dependencies: DriveDependencies, id: string, lease: Lease): Promise<DriveOutcome> {
  const fence = await dependencies.store.runs.takeFence(id);
  const run = fence === null ? null : await dependencies.store.runs.get(id);
  if (fence === null || run === null) return "done";
  if (run.startAt !== null && run.cancelledBy === null && new Date(run.startAt) > dependencies.clock.now())
    return { again: new Date(run.startAt) };
  const driver = await openDriver(dependencies, { run, fence, lease });
  const loseLease = (): void => driver.signals.lost.abort();
  if (lease.signal.aborted) return "done";
  if (driver.elsewhere !== null && isWithinPatience(driver)) return { again: nextCheck(driver) };
  lease.signal.addEventListener("abort", loseLease, { once: true });
  try {
    await recordIntents(dependencies, run, [...driver.jobs.values()]);
    await takeUpLocks(driver);
    void keepLocks(driver, driver.signals.lost.signal);
    return await moveOn(driver);
  } finally {
    lease.signal.removeEventListener("abort", loseLease);
    driver.signals.lost.abort();
  }
}

async function openDriver(
  dependencies: DriveDependencies,
  { run, fence, lease }: Pick<Driver, "lease" | "fence" | "run">,
): Promise<Driver> {
  const key = applicationKeyOf(run);
  const jobs = await dependencies.store.runs.jobs(run.id);
  const known = (job: Job): boolean =>
    dependencies.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion) !== undefined;
  // Another process may have registered a job type a moment ago and then started a run with it.
  if (!jobs.every(known)) await dependencies.jobTypes.refresh?.();
  return {
    dependencies,
    lease,
    fence,
    run,
    jobs: new Map(jobs.map((job) => [job.name, job])),
    mask: key === null ? secretMask(run.project, [], dependencies.vault) : await applicationMask(dependencies, key),
    elsewhere: await clusterElsewhere(dependencies, run),
    attempts: {
      running: new Set(),
      results: new Map(),
      reports: new Map(),
      quiet: new Map(),
      resumed: new Map(jobs.filter((job) => isActive(job.phase)).map((job) => [job.name, job.attempt])),
      displaced: new Map(),
    },
    locks: { held: new Map(), refused: new Map(), queued: new Set() },
    signals: {
      cancelled: new AbortController(),
      finalSkipped: new AbortController(),
      lost: new AbortController(),
    },
    pauseNews: createNews(),
    messageNews: createNews(),
    trouble: null,
    news: createNews(),
  };
}

/** Repeats the modes 3 to 5 (decide, start, wait) until the drive ends. */
async function moveOn(driver: Driver): Promise<DriveOutcome> {
  let cancelAsked = true; // the marks of the run are read once at the start, then each time the lease is woken
  driver.lease.onWake(() => {
    cancelAsked = true;
    driver.locks.refused.clear();
    driver.messageNews.notify();
    driver.news.notify();
  });
  while (!driver.signals.lost.signal.aborted) {
    if (driver.trouble !== null) throw driver.trouble;
    const asked = cancelAsked;
    cancelAsked = false;
    if (asked) await noticeCancel(driver);
    reportElsewhere(driver);
    const seen = driver.news.count();
    const decision = await advanceRun(driver);
    if (decision === null || decision.finish !== null) return "done";
    if (driver.elsewhere !== null) return { again: nextCheck(driver, decision) };
    startAttempts(driver);
    if (driver.attempts.results.size > 0 || driver.attempts.reports.size > 0 || cancelAsked || driver.trouble !== null)
      continue;
    const again = parkedUntil(driver, decision);
    if (again !== undefined) return { again };
    await sleepUntil(driver, seen, decision.wakeAt);
  }
  return "done";
}

/**
 * Reads the marks of the run (a cancel, a pause, skipped final steps) from the store, and passes them on to its
 * attempts.
 */
async function noticeCancel(driver: Pick<Driver, "dependencies" | "run" | "signals" | "pauseNews">): Promise<void> {
  const run = await driver.dependencies.store.runs.get(driver.run.id);
  if (run === null) return driver.signals.lost.abort();
  const pausesChanged = JSON.stringify(run.pauses) !== JSON.stringify(driver.run.pauses);
  driver.run = run;
  if (pausesChanged) driver.pauseNews.notify();
  if (run.cancelledBy !== null) driver.signals.cancelled.abort(run.cancelledBy);
  if (run.finalSkippedBy !== null) driver.signals.finalSkipped.abort(run.finalSkippedBy);
}

/**
 * Runs an attempt of each active job that has none in this process. An error of the store ends the drive through
 * `driver.trouble`.
 */
function startAttempts(driver: Driver): void {
  const { attempts } = driver;
  for (const job of driver.jobs.values()) {
    // An attempt may have ended while the last step was being written: its result waits for the next step, and must not
    // be run again.
    if (!isActive(job.phase) || attempts.running.has(job.name) || attempts.results.has(job.name)) continue;
    attempts.running.add(job.name);
    attemptJob(driver, job).catch((error: unknown) => {
      driver.trouble = error instanceof Error ? error : new Error(String(error));
      driver.news.notify();
    });
  }
}

async function attemptJob(driver: Driver, job: Job): Promise<void> {
  const { dependencies, run, attempts } = driver;
  const later = laterOnce(dependencies.clock, { signal: driver.signals.lost.signal, act: () => driver.news.notify() });
  const report = (progress: AttemptProgress): void => {
    if (!attempts.running.has(job.name) || same(attempts.reports.get(job.name) ?? driver.jobs.get(job.name), progress))
      return;
    attempts.reports.set(job.name, progress);
    if (isRewording(driver.jobs.get(job.name), progress)) later();
    else driver.news.notify();
  };
  const input = filledInput(job, contextOf(run, driver.jobs.values(), job));
  const started = input.ok ? dependencies.breakers.begin(breakerSubject(driver, job, input.value)) : null;
  const displaced = new AbortController();
  attempts.displaced.set(job.name, displaced);
  const result = !input.ok
    ? input.outcome
    : await executeAttempt(dependencies, {
        run,
        job,
        mask: attemptMask(driver.mask, input.value, { project: run.project, vault: dependencies.vault }),
        resumed: attempts.resumed.get(job.name) === job.attempt,
        input: input.value,
        cancelled: cancelSignal(driver.signals, job),
        lost: driver.signals.lost.signal,
        displaced: displaced.signal,
        locks: driver.locks.held.get(job.name) ?? [],
        within: scopeEnd(job, stepStarts(driver.jobs.values()), watchOf(driver)),
        runTime: runTimeOf(dependencies.clock, { list: () => driver.run.pauses, news: driver.pauseNews }),
        report,
        threw: (stack) => started?.threw(stack),
        holds: () => driver.lease.holds(),
        wait: (until) => {
          attempts.quiet.set(job.name, until);
          driver.news.notify();
          return () => void attempts.quiet.delete(job.name);
        },
        messageNews: driver.messageNews,
      });
  attempts.running.delete(job.name);
  attempts.quiet.delete(job.name);
  attempts.displaced.delete(job.name);
  if (result === "left" || result.phase === "cancelled") started?.left();
  else started?.ended(result);
  if (result === "left") return;
  attempts.reports.delete(job.name);
  attempts.results.set(job.name, result);
  driver.news.notify();
}

function same(
  shown: Pick<Job, keyof AttemptProgress> | AttemptProgress | undefined,
  reported: AttemptProgress,
): boolean {
  if (shown === undefined || shown.phase !== reported.phase || !sameReason(shown.reason, reported.reason)) return false;
  return canonicalJson(shown.evidence) === canonicalJson(reported.evidence);
}

/** Whether the progress has only another wording than the stored one, because counts changed. */
function isRewording(stored: Job | undefined, progress: AttemptProgress): boolean {
  if (stored?.phase !== "pending" || progress.phase !== "pending") return false;
  if (stored.evidence.length !== progress.evidence.length) return false;
  return sameMeaning(stored.reason, progress.reason);
}

/** Milliseconds after which another wording of the same meaning is stored. Some schedulers write several per second. */
const REWORDED = 2_000;

/** The returned function acts once after the pause, however often it is called meanwhile. */
function laterOnce(
  clock: DriveDependencies["clock"],
  { signal, act }: { readonly signal: AbortSignal; readonly act: () => void },
): () => void {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    void clock.sleep(REWORDED, signal).then(() => {
      waits = false;
      if (!signal.aborted) act();
    });
  };
}

/** Milliseconds without news after which the driver gives its slot to another run. */
const QUIET = 10_000;

/** Waits for news since `seen`, for the time `wakeAt`, or for the loss of the lease, whichever comes first. */
async function sleepUntil(
  driver: Pick<Driver, "dependencies" | "lease" | "signals" | "news">,
  seen: number,
  wakeAt: Date | null,
): Promise<void> {
  const { clock } = driver.dependencies;
  const awake = new AbortController();
  const quiet = AbortSignal.any([awake.signal, driver.signals.lost.signal]);
  void clock.sleep(QUIET, quiet).then(() => {
    if (!quiet.aborted) driver.lease.rest();
  });
  const limit =
    wakeAt === null ? undefined : { clock, milliseconds: Math.max(0, wakeAt.getTime() - clock.now().getTime()) };
  await driver.news.after(seen, { signal: driver.signals.lost.signal, limit });
  awake.abort();
}

// Drives one run to its end: reads its jobs, starts what may start, and waits for the next thing to happen: an outcome, a report,
// a due retry, a cancel. One process drives a run at a time. Every step is one transaction whose guards are the jobs' phase and attempt;
// a driver whose guards no longer match has lost the run and stops. After a crash the same function simply begins again:
// jobs found running are run again under the same attempt, and converge.

import { isActive } from "../../model/run/phase.ts";
import type { Job } from "../../model/run/run.ts";
import type { Lease, Outcome } from "../../ports/dispatch.ts";
import { filledInput } from "../deciding/bindings.ts";
import { beginnings, scopeEnd } from "../deciding/clocks.ts";
import { contextOf } from "../deciding/context.ts";
import { applicationMask, attemptMask } from "../secrets/masking.ts";
import { step } from "./advanceRun.ts";
import type { Progress } from "./attempt.ts";
import { brakeSubject } from "./breakerSubject.ts";
import { cancelSignal, type DriveDependencies, type Driver, watchOf } from "./driver.ts";
import { executeAttempt } from "./execute.ts";
import { keepLocks, takeUpLocks } from "./heldLocks.ts";
import { againLater, elsewhere, mayStaySilent, tellElsewhere } from "./otherProcess.ts";
import { parkedUntil } from "./parking.ts";
import { intendObjects } from "./recordRunIntents.ts";
import { type RunPauses, runTimeOf } from "./runClock.ts";

export async function driveRun(dependencies: DriveDependencies, id: string, lease: Lease): Promise<Outcome> {
  const fence = await dependencies.store.runs.claim(id);
  const run = fence === null ? null : await dependencies.store.runs.get(id);
  if (fence === null || run === null) return "done";
  if (run.startAt !== null && run.cancelledBy === null && new Date(run.startAt) > dependencies.clock.now())
    return { again: new Date(run.startAt) };
  const driver = await openDriver(dependencies, { run, fence, lease });
  const loseLease = (): void => driver.signals.lost.abort();
  if (lease.signal.aborted) return "done";
  if (driver.elsewhere !== null && mayStaySilent(driver)) return { again: againLater(driver) };
  lease.signal.addEventListener("abort", loseLease, { once: true });
  try {
    await intendObjects(dependencies, run, [...driver.jobs.values()]);
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
  const jobs = await dependencies.store.runs.jobs(run.id);
  const known = (job: Job): boolean =>
    dependencies.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion) !== undefined;
  // Another process may have registered a type and started the run in one moment.
  if (!jobs.every(known)) await dependencies.jobTypes.refresh?.();
  return {
    dependencies,
    lease,
    fence,
    run,
    jobs: new Map(jobs.map((job) => [job.name, job])),
    mask: await applicationMask(dependencies, run),
    elsewhere: await elsewhere(dependencies, run),
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
    listeners: { pauses: new Set(), messages: new Set() },
    trouble: null,
    wake: () => {},
  };
}

async function moveOn(driver: Driver): Promise<Outcome> {
  let cancelAsked = true; // read once at the start, then whenever somebody wakes us
  driver.lease.onWake(() => {
    cancelAsked = true;
    driver.locks.refused.clear();
    for (const ring of driver.listeners.messages) ring();
    driver.wake();
  });
  while (!driver.signals.lost.signal.aborted) {
    if (driver.trouble !== null) throw driver.trouble;
    const asked = cancelAsked;
    cancelAsked = false;
    if (asked) await noticeCancel(driver);
    tellElsewhere(driver);
    const woken = arm(driver);
    const decision = await step(driver);
    if (decision === null || decision.finish !== null) return "done";
    if (driver.elsewhere !== null) return { again: againLater(driver, decision) };
    startAttempts(driver);
    if (driver.attempts.results.size > 0 || driver.attempts.reports.size > 0 || cancelAsked || driver.trouble !== null)
      continue;
    const again = parkedUntil(driver, decision);
    if (again !== undefined) return { again };
    await sleepUntil(driver, woken, decision.wakeAt);
  }
  return "done";
}

async function noticeCancel(driver: Pick<Driver, "dependencies" | "run" | "signals" | "listeners">): Promise<void> {
  const run = await driver.dependencies.store.runs.get(driver.run.id);
  if (run === null) return driver.signals.lost.abort();
  const pausesChanged = JSON.stringify(run.pauses) !== JSON.stringify(driver.run.pauses);
  driver.run = run;
  if (pausesChanged) for (const call of driver.listeners.pauses) call();
  if (run.cancelledBy !== null) driver.signals.cancelled.abort(run.cancelledBy);
  if (run.finalSkippedBy !== null) driver.signals.finalSkipped.abort(run.finalSkippedBy);
}

/** Before looking, so that nothing that happens while we look is missed. */
function arm(driver: Pick<Driver, "wake">): Promise<void> {
  return new Promise((resolve) => {
    driver.wake = resolve;
  });
}

function startAttempts(driver: Driver): void {
  const { attempts } = driver;
  for (const job of driver.jobs.values()) {
    // An attempt may have ended while the last step was being written: its result waits for the next step, and must not be run again.
    if (!isActive(job.phase) || attempts.running.has(job.name) || attempts.results.has(job.name)) continue;
    attempts.running.add(job.name);
    attemptJob(driver, job).catch((error: unknown) => {
      driver.trouble = error instanceof Error ? error : new Error(String(error));
      driver.wake();
    });
  }
}

async function attemptJob(driver: Driver, job: Job): Promise<void> {
  const { dependencies, run, attempts } = driver;
  const report = (progress: Progress): void => {
    if (!attempts.running.has(job.name) || same(attempts.reports.get(job.name) ?? driver.jobs.get(job.name), progress))
      return;
    attempts.reports.set(job.name, progress);
    driver.wake();
  };
  const input = filledInput(job, contextOf(run, driver.jobs.values(), job));
  const braked = input.ok ? dependencies.brakes.begin(brakeSubject(driver, job, input.value)) : null;
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
        within: scopeEnd(job, beginnings(driver.jobs.values()), watchOf(driver)),
        runTime: runTimeOf(dependencies.clock, pausesOf(driver)),
        report,
        threw: (stack) => braked?.threw(stack),
        holds: () => driver.lease.holds(),
        wait: (until) => {
          attempts.quiet.set(job.name, until);
          driver.wake();
          return () => void attempts.quiet.delete(job.name);
        },
        onMessage: (ring) => {
          driver.listeners.messages.add(ring);
          return () => void driver.listeners.messages.delete(ring);
        },
      });
  attempts.running.delete(job.name);
  attempts.quiet.delete(job.name);
  attempts.displaced.delete(job.name);
  if (result === "left" || result.phase === "cancelled") braked?.left();
  else braked?.ended(result);
  if (result === "left") return;
  attempts.reports.delete(job.name);
  attempts.results.set(job.name, result);
  driver.wake();
}

function pausesOf(driver: Pick<Driver, "run" | "listeners">): RunPauses {
  return {
    list: () => driver.run.pauses,
    onChange: (callback) => {
      driver.listeners.pauses.add(callback);
      return () => void driver.listeners.pauses.delete(callback);
    },
  };
}

function same(shown: Pick<Job, keyof Progress> | Progress | undefined, told: Progress): boolean {
  const text = ({ reason, evidence, phase }: Pick<Job, keyof Progress>): string =>
    JSON.stringify([reason, evidence, phase]);
  return shown !== undefined && text(shown) === text(told);
}

/** After so long without any news it is others' turn to have the slot. */
const QUIET = 10_000;

async function sleepUntil(
  driver: Pick<Driver, "dependencies" | "lease" | "signals">,
  woken: Promise<void>,
  wakeAt: Date | null,
): Promise<void> {
  // Lost while the last step was being written: nobody would tell us again.
  if (driver.signals.lost.signal.aborted) return;
  const awake = new AbortController();
  const signal = AbortSignal.any([awake.signal, driver.signals.lost.signal]);
  const lost = new Promise<void>((resolve) =>
    driver.signals.lost.signal.addEventListener("abort", () => resolve(), { once: true, signal: awake.signal }),
  );
  const due =
    wakeAt === null
      ? []
      : [
          driver.dependencies.clock.sleep(
            Math.max(0, wakeAt.getTime() - driver.dependencies.clock.now().getTime()),
            signal,
          ),
        ];
  void driver.dependencies.clock.sleep(QUIET, signal).then(() => {
    if (!signal.aborted) driver.lease.rest();
  });
  await Promise.race([woken, lost, ...due]);
  awake.abort();
}

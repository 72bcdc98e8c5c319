// Drives one run to its end: reads its jobs, starts what may start, and waits for the next thing to happen: an outcome, a report,
// a due retry, a cancel. One process drives a run at a time. Every step is one transaction whose guards are the jobs' phase and attempt;
// a driver whose guards no longer match has lost the run and stops. After a crash the same function simply begins again:
// jobs found running are run again under the same attempt, and converge.

import { canonicalJson } from "../../model/data/json.ts";
import { sameReason } from "../../model/reasons/reason.ts";
import { isActive } from "../../model/run/phase.ts";
import type { Job } from "../../model/run/run.ts";
import type { Lease, Outcome } from "../../ports/dispatch.ts";
import { createNews } from "../../ports/news.ts";
import { filledInput } from "../deciding/bindings.ts";
import { beginnings, scopeEnd } from "../deciding/clocks.ts";
import { contextOf } from "../deciding/context.ts";
import type { World } from "../interface/dependencies.ts";
import { placeOf } from "../interface/requests.ts";
import { applicationMask, attemptMask, secretMask } from "../secrets/masking.ts";
import { step } from "./advanceRun.ts";
import type { Progress } from "./attempt.ts";
import { brakeSubject } from "./breakerSubject.ts";
import { cancelSignal, type Driver, watchOf } from "./driver.ts";
import { executeAttempt } from "./execute.ts";
import { keepLocks, takeUpLocks } from "./heldLocks.ts";
import { againLater, elsewhere, mayStaySilent, tellElsewhere } from "./otherProcess.ts";
import { parkedUntil } from "./parking.ts";
import { intendObjects } from "./recordRunIntents.ts";
import { runTimeOf } from "./runClock.ts";

export async function driveRun(world: World, id: string, lease: Lease): Promise<Outcome> {
  const fence = await world.store.runs.claim(id);
  const run = fence === null ? null : await world.store.runs.get(id);
  if (fence === null || run === null) return "done";
  if (run.startAt !== null && run.cancelledBy === null && new Date(run.startAt) > world.clock.now())
    return { again: new Date(run.startAt) };
  const driver = await openDriver(world, { run, fence, lease });
  const loseLease = (): void => driver.lost.abort();
  if (lease.signal.aborted) return "done";
  if (driver.elsewhere !== null && mayStaySilent(driver)) return { again: againLater(driver) };
  lease.signal.addEventListener("abort", loseLease, { once: true });
  try {
    await intendObjects(world, run, [...driver.jobs.values()]);
    await takeUpLocks(driver);
    void keepLocks(driver, driver.lost.signal);
    return await moveOn(driver);
  } finally {
    lease.signal.removeEventListener("abort", loseLease);
    driver.lost.abort();
  }
}

async function openDriver(
  world: World,
  { run, fence, lease }: Pick<Driver, "run" | "fence" | "lease">,
): Promise<Driver> {
  const place = placeOf(run);
  const jobs = await world.store.runs.jobs(run.id);
  const known = (job: Job): boolean =>
    world.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion) !== undefined;
  // Another process may have registered a type and started the run in one moment.
  if (!jobs.every(known)) await world.jobTypes.refresh?.();
  return {
    world,
    lease,
    fence,
    run,
    jobs: new Map(jobs.map((job) => [job.name, job])),
    mask: place === null ? secretMask(run.project, [], world.vault) : await applicationMask(world, place),
    running: new Set(),
    results: new Map(),
    reports: new Map(),
    quiet: new Map(),
    elsewhere: await elsewhere(world, run),
    pauseNews: createNews(),
    messageNews: createNews(),
    held: new Map(),
    inLine: new Set(),
    resumed: new Map(jobs.filter((job) => isActive(job.phase)).map((job) => [job.name, job.attempt])),
    locks: new Map(),
    displaced: new Map(),
    cancelled: new AbortController(),
    finalSkipped: new AbortController(),
    lost: new AbortController(),
    trouble: null,
    news: createNews(),
  };
}

async function moveOn(driver: Driver): Promise<Outcome> {
  let cancelAsked = true; // read once at the start, then whenever somebody wakes us
  driver.lease.onWake(() => {
    cancelAsked = true;
    driver.held.clear();
    driver.messageNews.notify();
    driver.news.notify();
  });
  while (!driver.lost.signal.aborted) {
    if (driver.trouble !== null) throw driver.trouble;
    const asked = cancelAsked;
    cancelAsked = false;
    if (asked) await noticeCancel(driver);
    tellElsewhere(driver);
    const seen = driver.news.count();
    const decision = await step(driver);
    if (decision === null || decision.finish !== null) return "done";
    if (driver.elsewhere !== null) return { again: againLater(driver, decision) };
    startAttempts(driver);
    if (driver.results.size > 0 || driver.reports.size > 0 || cancelAsked || driver.trouble !== null) continue;
    const again = parkedUntil(driver, decision);
    if (again !== undefined) return { again };
    await sleepUntil(driver, seen, decision.wakeAt);
  }
  return "done";
}

async function noticeCancel(driver: Driver): Promise<void> {
  const run = await driver.world.store.runs.get(driver.run.id);
  if (run === null) return driver.lost.abort();
  const pausesChanged = JSON.stringify(run.pauses) !== JSON.stringify(driver.run.pauses);
  driver.run = run;
  if (pausesChanged) driver.pauseNews.notify();
  if (run.cancelledBy !== null) driver.cancelled.abort(run.cancelledBy);
  if (run.finalSkippedBy !== null) driver.finalSkipped.abort(run.finalSkippedBy);
}

function startAttempts(driver: Driver): void {
  for (const job of driver.jobs.values()) {
    // An attempt may have ended while the last step was being written: its result waits for the next step, and must not be run again.
    if (!isActive(job.phase) || driver.running.has(job.name) || driver.results.has(job.name)) continue;
    driver.running.add(job.name);
    attemptJob(driver, job).catch((error: unknown) => {
      driver.trouble = error instanceof Error ? error : new Error(String(error));
      driver.news.notify();
    });
  }
}

async function attemptJob(driver: Driver, job: Job): Promise<void> {
  const { world, run } = driver;
  const report = (progress: Progress): void => {
    if (!driver.running.has(job.name) || same(driver.reports.get(job.name) ?? driver.jobs.get(job.name), progress))
      return;
    driver.reports.set(job.name, progress);
    driver.news.notify();
  };
  const input = filledInput(job, contextOf(run, driver.jobs.values(), job));
  const braked = input.ok ? world.brakes.begin(brakeSubject(driver, job, input.value)) : null;
  const displaced = new AbortController();
  driver.displaced.set(job.name, displaced);
  const result = !input.ok
    ? input.outcome
    : await executeAttempt(world, {
        run,
        job,
        mask: attemptMask(driver.mask, input.value, { project: run.project, vault: world.vault }),
        resumed: driver.resumed.get(job.name) === job.attempt,
        input: input.value,
        cancelled: cancelSignal(driver, job),
        lost: driver.lost.signal,
        displaced: displaced.signal,
        locks: driver.locks.get(job.name) ?? [],
        within: scopeEnd(job, beginnings(driver.jobs.values()), watchOf(driver)),
        runTime: runTimeOf(world.clock, { list: () => driver.run.pauses, news: driver.pauseNews }),
        report,
        threw: (stack) => braked?.threw(stack),
        holds: () => driver.lease.holds(),
        wait: (until) => {
          driver.quiet.set(job.name, until);
          driver.news.notify();
          return () => void driver.quiet.delete(job.name);
        },
        messageNews: driver.messageNews,
      });
  driver.running.delete(job.name);
  driver.quiet.delete(job.name);
  driver.displaced.delete(job.name);
  if (result === "left" || result.phase === "cancelled") braked?.left();
  else braked?.ended(result);
  if (result === "left") return;
  driver.reports.delete(job.name);
  driver.results.set(job.name, result);
  driver.news.notify();
}

function same(shown: Pick<Job, keyof Progress> | Progress | undefined, told: Progress): boolean {
  if (shown === undefined || shown.phase !== told.phase || !sameReason(shown.reason, told.reason)) return false;
  return canonicalJson(shown.evidence) === canonicalJson(told.evidence);
}

/** After so long without any news it is others' turn to have the slot. */
const QUIET = 10_000;

async function sleepUntil(driver: Driver, seen: number, wakeAt: Date | null): Promise<void> {
  const { clock } = driver.world;
  const awake = new AbortController();
  const quiet = AbortSignal.any([awake.signal, driver.lost.signal]);
  void clock.sleep(QUIET, quiet).then(() => {
    if (!quiet.aborted) driver.lease.rest();
  });
  const limit =
    wakeAt === null ? undefined : { clock, milliseconds: Math.max(0, wakeAt.getTime() - clock.now().getTime()) };
  await driver.news.after(seen, { signal: driver.lost.signal, limit });
  awake.abort();
}

// Drives one run to its end: reads its jobs, starts what may start, and waits for the next thing to happen: an outcome, a report,
// a due retry, a cancel. One process drives a run at a time. Every step is one transaction whose guards are the jobs' phase and attempt;
// a driver whose guards no longer match has lost the run and stops. After a crash the same function simply begins again:
// jobs found running are run again under the same attempt, and converge.

import type { JobDefinition } from "../catalog/define.ts";
import type { NewEvent } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import { isActive, isSettled } from "../model/phase.ts";
import type { Job, Run } from "../model/run.ts";
import type { Lease } from "../ports/dispatch.ts";
import type { JobChange, RunChange } from "../ports/store.ts";
import { advance, type Decision } from "./advance.ts";
import { filledInput, unmetCondition } from "./bindings.ts";
import { contextOf } from "./context.ts";
import { type AttemptResult, executeAttempt, type Progress } from "./execute.ts";
import { intendObjects } from "./intend.ts";
import { applicationMask, type Mask } from "./masking.ts";
import { settleAttempt } from "./settle.ts";
import type { World } from "./world.ts";

const PARALLEL_JOBS = 64;
const NEVER = new AbortController().signal;

interface Driver {
  readonly world: World;
  readonly lease: Lease;
  run: Run;
  /** As the store has them. */
  jobs: Map<string, Job>;
  readonly mask: Mask;
  readonly running: Set<string>;
  readonly results: Map<string, Exclude<AttemptResult, "left">>;
  readonly reports: Map<string, Progress>;
  /** Jobs that wait for a message may have got one. */
  readonly bells: Set<() => void>;
  /** Jobs that an earlier life of the process had begun. */
  readonly resumed: ReadonlySet<string>;
  readonly cancelled: AbortController;
  readonly lost: AbortController;
  wake: () => void;
}

export async function driveRun(world: World, id: string, lease: Lease): Promise<void> {
  const run = await world.store.runs.get(id);
  if (run === null || run.phase !== "running") return;
  const jobs = await world.store.runs.jobs(id);
  const driver: Driver = {
    world,
    lease,
    run,
    jobs: new Map(jobs.map((job) => [job.name, job])),
    mask: await applicationMask(world, run),
    running: new Set(),
    results: new Map(),
    reports: new Map(),
    bells: new Set(),
    resumed: new Set(jobs.filter((job) => job.attempt > 0 && !isSettled(job.phase)).map((job) => job.name)),
    cancelled: new AbortController(),
    lost: new AbortController(),
    wake: () => {},
  };
  const loseLease = (): void => driver.lost.abort();
  if (lease.signal.aborted) return;
  lease.signal.addEventListener("abort", loseLease, { once: true });
  let cancelAsked = true; // read once at the start, then whenever somebody wakes us
  lease.onWake(() => {
    cancelAsked = true;
    for (const ring of driver.bells) ring();
    driver.wake();
  });
  try {
    await intendObjects(world, run, jobs);
    while (!driver.lost.signal.aborted) {
      const asked = cancelAsked;
      cancelAsked = false;
      if (asked) await noticeCancel(driver);
      const woken = arm(driver);
      const decision = await step(driver);
      if (decision === null || decision.finish !== null) return;
      startAttempts(driver);
      if (driver.results.size === 0 && !cancelAsked) await sleepUntil(driver, woken, decision.wakeAt);
    }
  } finally {
    lease.signal.removeEventListener("abort", loseLease);
    driver.lost.abort();
  }
}

async function noticeCancel(driver: Driver): Promise<void> {
  const run = await driver.world.store.runs.get(driver.run.id);
  if (run === null) return driver.lost.abort();
  driver.run = run;
  if (run.cancelledBy !== null) driver.cancelled.abort();
}

/** Before looking, so that nothing that happens while we look is missed. */
function arm(driver: Driver): Promise<void> {
  return new Promise((resolve) => {
    driver.wake = resolve;
  });
}

/** Takes in what happened, decides, and writes both as one transaction. Null: the run is no longer ours. */
async function step(driver: Driver): Promise<Decision | null> {
  const now = driver.world.clock.now();
  const next = new Map(driver.jobs);
  for (const [name, result] of driver.results) change(next, name, (job) => settleAttempt(job, result, now));
  for (const [name, report] of driver.reports)
    change(next, name, (job) => (isActive(job.phase) ? { ...job, ...report } : job));
  driver.results.clear();
  driver.reports.clear();
  const decision = advance({
    jobs: [...next.values()],
    cancelledBy: driver.run.cancelledBy,
    pausedBy: driver.run.pausedBy,
    now,
    parallel: PARALLEL_JOBS,
    condition: (job) => unmetCondition(job, contextOf(driver.run, next.values())),
    held: new Map(),
    parks: (job) => definitionOf(driver, job)?.parks === true,
  });
  for (const job of decision.changed) next.set(job.name, job);
  const request = changeOf(driver, next, decision);
  if (request.finish?.phase === "succeeded" && driver.run.kind === "delete") await forget(driver);
  if ((request.jobs.length > 0 || request.finish !== undefined) && !(await driver.world.store.runs.change(request))) {
    driver.world.log.write("warn", "this process no longer drives the run", { run: driver.run.id });
    return null;
  }
  driver.jobs = next;
  return decision;
}

function definitionOf({ world, run }: Driver, job: Job): JobDefinition | undefined {
  return world.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion);
}

function change(jobs: Map<string, Job>, name: string, update: (job: Job) => Job): void {
  const job = jobs.get(name);
  if (job !== undefined) jobs.set(name, update(job));
}

function changeOf(driver: Driver, next: ReadonlyMap<string, Job>, decision: Decision): RunChange {
  const jobs: JobChange[] = [];
  const events: NewEvent[] = [];
  for (const [name, job] of next) {
    const before = driver.jobs.get(name);
    if (before === undefined || before === job) continue;
    jobs.push({ job, from: { phase: before.phase, attempt: before.attempt } });
    events.push(
      eventOf(driver.run, "job.changed", {
        job: name,
        phase: job.phase,
        attempt: job.attempt,
        reason: { code: job.reason.code, params: job.reason.params },
      }),
    );
  }
  if (decision.finish === null) return { run: driver.run.id, jobs, events };
  events.push(eventOf(driver.run, "run.finished", { phase: decision.finish }));
  return {
    run: driver.run.id,
    jobs,
    events,
    finish: { phase: decision.finish, at: driver.world.clock.now().toISOString() },
  };
}

export function eventOf(run: Run, type: NewEvent["type"], data: JsonObject): NewEvent {
  return { project: run.project, application: run.application, run: run.id, type, data };
}

/** Before the run is marked as ended: if we crash in between, the next driver comes here again, and forgetting twice is forgetting. */
async function forget(driver: Driver): Promise<void> {
  const { project, application } = driver.run;
  await driver.world.store.completions.forget(project, application);
  await driver.world.store.forgetApplication(project, application);
  await driver.world.store.events.append(eventOf(driver.run, "application.deleted", {}));
}

function startAttempts(driver: Driver): void {
  for (const job of driver.jobs.values()) {
    // An attempt may have ended while the last step was being written: its result waits for the next step, and must not be run again.
    if (!isActive(job.phase) || driver.running.has(job.name) || driver.results.has(job.name)) continue;
    driver.running.add(job.name);
    void attemptJob(driver, job);
  }
}

async function attemptJob(driver: Driver, job: Job): Promise<void> {
  const { world, run, mask } = driver;
  const report = (progress: Progress): void => {
    if (!driver.running.has(job.name) || same(driver.reports.get(job.name) ?? driver.jobs.get(job.name), progress))
      return;
    driver.reports.set(job.name, progress);
    driver.wake();
  };
  const input = filledInput(job, contextOf(run, driver.jobs.values()));
  const result = !input.ok
    ? input.outcome
    : await executeAttempt(world, {
        run,
        job,
        mask,
        resumed: driver.resumed.has(job.name),
        input: input.value,
        // What tidies up after a run is not stopped by the cancel that made it necessary.
        cancelled: job.plan.final === true ? NEVER : driver.cancelled.signal,
        lost: driver.lost.signal,
        report,
        onMessage: (ring) => {
          driver.bells.add(ring);
          return () => void driver.bells.delete(ring);
        },
      });
  driver.running.delete(job.name);
  if (result === "left") return;
  driver.reports.delete(job.name);
  driver.results.set(job.name, result);
  driver.wake();
}

function same(shown: Pick<Job, keyof Progress> | Progress | undefined, told: Progress): boolean {
  const text = ({ reason, evidence, phase }: Pick<Job, keyof Progress>): string =>
    JSON.stringify([reason, evidence, phase]);
  return shown !== undefined && text(shown) === text(told);
}

async function sleepUntil(driver: Driver, woken: Promise<void>, wakeAt: Date | null): Promise<void> {
  const awake = new AbortController();
  const signal = AbortSignal.any([awake.signal, driver.lost.signal]);
  const lost = new Promise<void>((resolve) =>
    driver.lost.signal.addEventListener("abort", () => resolve(), { once: true, signal: awake.signal }),
  );
  const due =
    wakeAt === null
      ? []
      : [driver.world.clock.sleep(Math.max(0, wakeAt.getTime() - driver.world.clock.now().getTime()), signal)];
  await Promise.race([woken, lost, ...due]);
  awake.abort();
}

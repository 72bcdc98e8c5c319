// When a run needs nobody: it only waits for a time, for a person, or for what another run holds. Its driver then lets go of it, and
// whoever gives it what it waits for wakes it. A run that waits for something on a cluster keeps its driver, which must watch, but no slot.
import { isActive } from "../model/phase.ts";
import type { Job } from "../model/run.ts";
import type { Decision } from "./advance.ts";
import { attemptEnd, beginnings, scopeEnd } from "./clocks.ts";
import type { Driver } from "./driver.ts";

/** Letting go and taking up again costs some writes: not for a moment. */
const LEAST = 5_000;

/** Undefined: somebody must stay with it. Null: nobody knows when it goes on. */
export function parkedUntil(driver: Driver, { wakeAt }: Decision): Date | null | undefined {
  // Their leases have to be renewed.
  if (driver.locks.size > 0) return undefined;
  const running = [...driver.jobs.values()].filter((job) => isActive(job.phase));
  if (!running.every((job) => driver.quiet.has(job.name) && !isBeingStopped(driver, job))) return undefined;
  const times = [wakeAt, ...running.flatMap((job) => [driver.quiet.get(job.name) ?? null, ...endsOf(driver, job)])];
  const known = times.filter((time): time is Date => time !== null);
  if (known.length === 0) return null;
  const first = new Date(Math.min(...known.map((time) => time.getTime())));
  return first.getTime() - driver.world.clock.now().getTime() < LEAST ? undefined : first;
}

/** A cancel has reached its attempt, whose outcome comes in a moment: letting go of it now would lose that outcome. */
function isBeingStopped({ cancelled, finalSkipped }: Driver, job: Job): boolean {
  return (job.plan.final === true ? finalSkipped : cancelled).signal.aborted;
}

/** Nobody holds the job to its deadlines while it is parked: somebody has to be there again by then. */
function endsOf({ world, run, jobs }: Driver, job: Job): readonly Date[] {
  const { timeout } = job.plan;
  const within = scopeEnd(job, beginnings(jobs.values()), { now: world.clock.now(), pauses: run.pauses });
  return [after(job.startedAt, timeout), attemptEnd(job), ...(within === null ? [] : [new Date(within.at)])].filter(
    (time) => time !== null,
  );
}

function after(from: string | null, limit: number | undefined): Date | null {
  return from === null || limit === undefined ? null : new Date(Date.parse(from) + limit);
}

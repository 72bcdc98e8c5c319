// When a run needs nobody: it only waits for a time, for a person, or for what another run holds. Its driver then lets go of it, and
// whoever gives it what it waits for wakes it. A run that waits for something on a cluster keeps its driver, which must watch, but no slot.
import { isActive } from "../../model/run/phase.ts";
import type { Job } from "../../model/run/run.ts";
import type { Decision } from "../deciding/advance.ts";
import { attemptEnd, beginnings, momentAfter, scopeEnd, totalLeft } from "../deciding/clocks.ts";
import { cancelSignal, type Driver, watchOf } from "./driver.ts";
import { PARKED_LEAST } from "./execute.ts";

/** Letting go and taking up again costs some writes: not for a moment. */
const LEAST = 5_000;

/** Undefined: somebody must stay with it. Null: nobody knows when it goes on. */
export function parkedUntil(driver: Driver, { wakeAt }: Decision): Date | null | undefined {
  // Their leases have to be renewed.
  if (driver.locks.held.size > 0) return undefined;
  const running = [...driver.jobs.values()].filter((job) => isActive(job.phase));
  // Where a cancel has reached an attempt, its outcome comes in a moment: letting go of the run now would lose it.
  if (!running.every((job) => driver.attempts.quiet.has(job.name) && !cancelSignal(driver.signals, job).aborted))
    return undefined;
  const times = [
    wakeAt,
    ...running.flatMap((job) => [driver.attempts.quiet.get(job.name) ?? null, ...endsOf(driver, job)]),
  ];
  const known = times.filter((time): time is Date => time !== null);
  if (known.length === 0) return null;
  const first = new Date(Math.min(...known.map((time) => time.getTime())));
  return first.getTime() - driver.dependencies.clock.now().getTime() < LEAST ? undefined : first;
}

/**
 * While the run is parked no process holds the job to its deadlines, so a driver has to be there again a little before: a job that is taken
 * up may look at what came for it (see PARKED_LEAST) and still ends in time. No deadline runs during a pause.
 */
function endsOf(driver: Pick<Driver, "dependencies" | "run" | "jobs">, job: Job): readonly Date[] {
  const watch = watchOf(driver);
  const within = scopeEnd(job, beginnings(driver.jobs.values()), watch);
  const ends = [
    momentAfter(totalLeft(job, watch), watch),
    attemptEnd(job, watch),
    within === null ? null : momentAfter(within.left, watch),
  ];
  return ends.filter((time) => time !== null).map((time) => new Date(time.getTime() - PARKED_LEAST));
}

// Decides whether a run can be parked: its driver then gives it back to dispatch, and no process drives it for a while.
//
// A run may be parked when all of this is true:
//  - It holds no lock. The lease of a lock must be renewed, and only a driver does that.
//  - Each of its active jobs only waits for a message or for a time (`attempts.quiet`), and no cancel is on its way to
//    it. A job that waits for something on a cluster needs its driver, because the driver watches the cluster; such a
//    run rests instead (see `sleepUntil` in driveRun.ts).
//  - The next time at which something must be done is at least five seconds away, or there is none.
//
// A parked run is handed out again at that time, or earlier when it is woken: by a message, a cancel, a pause or a
// resume, or by a run that frees a lock that it waits for. The next driver begins as after a crash;
// docs/architecture.md calls that *driven* again.
import { isActive } from "../../model/run/phase.ts";
import type { Job } from "../../model/run/run.ts";
import type { Decision } from "../deciding/advance.ts";
import { attemptEnd, momentAfter, scopeEnd, stepStarts, totalLeft } from "../deciding/clocks.ts";
import { cancelSignal, type Driver, watchOf } from "./driver.ts";
import { PARKED_LEAST } from "./execute.ts";

/** The shortest time, in milliseconds, for which a run is parked. Parking and driving again costs some writes. */
const LEAST = 5_000;

/**
 * When the run has to be driven again. `null` when only a wake can move it on, and `undefined` when it must not be
 * parked. `wakeAt` is the next time of the decision that was just written.
 */
export function parkedUntil(driver: Driver, { wakeAt }: Decision): Date | null | undefined {
  // The leases of its locks have to be renewed.
  if (driver.locks.held.size > 0) return undefined;
  const running = [...driver.jobs.values()].filter((job) => isActive(job.phase));
  // An attempt that a cancel has reached ends in a moment. If the run were parked now, that outcome would be lost.
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
 * The moments at which a driver must be back because of a deadline of the job. While the run is parked, no process
 * enforces deadlines, so each moment lies `PARKED_LEAST` before its deadline: the resumed job has time to read its
 * messages, and still ends in time. There are no such moments while the run is paused, because its clocks stand still.
 */
function endsOf(driver: Pick<Driver, "dependencies" | "run" | "jobs">, job: Job): readonly Date[] {
  const watch = watchOf(driver);
  const within = scopeEnd(job, stepStarts(driver.jobs.values()), watch);
  const ends = [
    momentAfter(totalLeft(job, watch), watch),
    attemptEnd(job, watch),
    within === null ? null : momentAfter(within.left, watch),
  ];
  return ends.filter((time) => time !== null).map((time) => new Date(time.getTime() - PARKED_LEAST));
}

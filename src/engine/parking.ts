// When a run needs nobody: it only waits for a time, for a person, or for what another run holds. Its driver then lets go of it, and
// whoever gives it what it waits for wakes it. A run that waits for something on a cluster keeps its driver, which must watch, but no slot.
import { isActive } from "../model/phase.ts";
import type { Job } from "../model/run.ts";
import type { Decision } from "./advance.ts";
import type { Driver } from "./driver.ts";
import { clocksOf } from "./runningClock.ts";

/** Letting go and taking up again costs some writes: not for a moment. */
const LEAST = 5_000;

/** Undefined: somebody must stay with it. Null: nobody knows when it goes on. */
export function parkedUntil(driver: Driver, { wakeAt }: Decision): Date | null | undefined {
  const running = [...driver.jobs.values()].filter((job) => isActive(job.phase));
  if (!running.every((job) => driver.quiet.has(job.name))) return undefined;
  const times = [wakeAt, ...running.flatMap((job) => [driver.quiet.get(job.name) ?? null, endOf(job)])];
  const known = times.filter((time): time is Date => time !== null);
  if (known.length === 0) return null;
  const first = new Date(Math.min(...known.map((time) => time.getTime())));
  return first.getTime() - driver.world.clock.now().getTime() < LEAST ? undefined : first;
}

/** Nobody holds the job to its deadline while it is parked: somebody has to be there again by then. */
function endOf(job: Job): Date | null {
  const ends = clocksOf(job).map(({ limit, from }) => Date.parse(from) + limit);
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}

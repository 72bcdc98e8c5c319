// The clock of a run that is never paused, for tests of job types.
import type { RunTime } from "../../src/catalog/job.ts";
import { runTimeOf } from "../../src/engine/driving/runClock.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { createNews } from "../../src/ports/news.ts";

export function unpaused(clock: Clock): RunTime {
  return runTimeOf(clock, { list: () => [], news: createNews() });
}

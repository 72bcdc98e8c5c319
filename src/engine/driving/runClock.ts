// The clock of one run while it is driven. It runs like the clock of the machine, but stands still while the run is
// paused.
import type { RunTime } from "../../catalog/job.ts";
import type { Pause } from "../../model/run/run.ts";
import type { Clock } from "../../ports/clock.ts";
import type { News } from "../../ports/news.ts";
import { isPaused, timeBetween } from "../deciding/clocks.ts";

interface RunPauses {
  /** The pauses of the run as they are known now, oldest first. */
  readonly list: () => readonly Pause[];
  /** Announces that the run was paused or resumed. */
  readonly news: News;
}

export function runTimeOf(clock: Clock, pauses: RunPauses): RunTime {
  const since = (moment: number): number => timeBetween(moment, clock.now().getTime(), pauses.list());
  return {
    since,
    async sleep(milliseconds, signal) {
      const begun = clock.now().getTime();
      while (!signal.aborted) {
        const seen = pauses.news.count();
        const left = milliseconds - since(begun);
        const paused = isPaused({ pauses: pauses.list() });
        if (left <= 0 && !paused) return;
        await pauses.news.after(seen, { signal, limit: paused ? undefined : { clock, milliseconds: left } });
      }
    },
  };
}

// The time of one run while it is driven: like the clock of the machine, but it stands still while the run is paused.
import type { RunTime } from "../../catalog/job.ts";
import type { Pause } from "../../model/run/run.ts";
import type { Clock } from "../../ports/clock.ts";
import { isPaused, timeBetween } from "../deciding/clocks.ts";

export interface RunPauses {
  /** The pauses of the run as they are known now, oldest first. */
  readonly list: () => readonly Pause[];
  /** Calls when the run was paused or resumed; the function it returns ends that. */
  readonly onChange: (callback: () => void) => () => void;
}

export function runTimeOf(clock: Clock, pauses: RunPauses): RunTime {
  const since = (moment: number): number => timeBetween(moment, clock.now().getTime(), pauses.list());
  return {
    since,
    async sleep(milliseconds, signal) {
      const begun = clock.now().getTime();
      while (!signal.aborted) {
        const left = milliseconds - since(begun);
        if (left <= 0 && !isPaused({ pauses: pauses.list() })) return;
        await untilChange(clock, pauses, { left, signal });
      }
    },
  };
}

/** Until the time is over, or the run was paused or resumed, or the signal aborts. */
async function untilChange(
  clock: Clock,
  pauses: RunPauses,
  { left, signal }: { readonly left: number; readonly signal: AbortSignal },
): Promise<void> {
  const changed = new AbortController();
  const leave = pauses.onChange(() => changed.abort());
  const either = AbortSignal.any([changed.signal, signal]);
  try {
    if (!isPaused({ pauses: pauses.list() })) await clock.sleep(left, either);
    else if (!either.aborted)
      await new Promise<void>((resolve) => either.addEventListener("abort", () => resolve(), { once: true }));
  } finally {
    leave();
  }
}

// Wakes somebody who waits; a ring while nobody waits is kept for the next one who does.
import type { Clock } from "../ports/clock.ts";

interface Bell {
  readonly ring: () => void;
  /** Resolves at a ring, after the time, or when the signal aborts. */
  wait(milliseconds: number): Promise<void>;
}

export function createBell(clock: Clock, signal: AbortSignal): Bell {
  let rung = false;
  let wake: AbortController | undefined;
  const ring = (): void => {
    rung = true;
    wake?.abort();
  };
  signal.addEventListener("abort", ring, { once: true });
  return {
    ring,
    async wait(milliseconds) {
      wake = new AbortController();
      if (rung) wake.abort();
      await clock.sleep(milliseconds, wake.signal);
      wake = undefined;
      rung = signal.aborted;
    },
  };
}

// Holds calls back from a cluster that does not answer: whoever waits for it is told at once, and no sockets pile up behind it.
// Opens after a few silences in a row; then one call at a time is let through until one is answered. An error that the server
// itself gives is an answer.
import type { Params } from "../../model/data/text.ts";
import type { Clock } from "../../ports/clock.ts";

export interface CallBreaker {
  /** Why nothing is asked now, or null. Of an open breaker the one that gets null is the one that tries. */
  refusal(): Params | null;
  answered(): void;
  silent(detail: string): void;
  open(): boolean;
}

const SILENCES = 3;
const PAUSE = 5_000;

export function createBreaker(clock: Pick<Clock, "now">): CallBreaker {
  let silences = 0;
  let last = "";
  let since = 0;
  let nextTry = 0;
  const now = (): number => clock.now().getTime();
  const open = (): boolean => silences >= SILENCES;
  return {
    refusal: () => {
      if (!open()) return null;
      const wait = nextTry - now();
      // Longer than a pause: somebody set the clock back, and the cluster is not to pay for that.
      if (wait > 0 && wait <= PAUSE) return { detail: "SilentSince", since: new Date(since).toISOString(), said: last };
      nextTry = now() + PAUSE;
      return null;
    },
    answered: () => {
      silences = 0;
    },
    silent: (detail) => {
      if (silences === 0) since = now();
      silences += 1;
      last = detail;
      if (open()) nextTry = Math.max(nextTry, now() + PAUSE);
    },
    open,
  };
}

import type { Params } from "../../model/data/text.ts";
// The breaker of one cluster connection: after a few calls without an answer in a row, further calls fail immediately,
// so that callers do not wait and sockets do not pile up. An open breaker lets one call through every few seconds; the
// first answer closes it. An HTTP error from the server counts as an answer.
import type { Clock } from "../../ports/clock.ts";

export interface CallBreaker {
  /**
   * Why a call may not be sent now, or `null` when it may. With an open breaker, the caller that gets `null` makes the
   * trial call.
   */
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
      // A wait longer than PAUSE means that the system clock was set back; the call is then let through.
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

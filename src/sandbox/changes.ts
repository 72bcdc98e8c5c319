// Looks at the sandbox again and again: at each change, and at the moments when time alone brings something new.
import type { Clock } from "../ports/clock.ts";
import type { News, WaitLimit } from "../ports/news.ts";

/** The limit of a wait until that moment (milliseconds since the epoch). `undefined`, which is no limit, when the moment is `null`. */
export function untilMoment(clock: Clock, moment: number | null): WaitLimit | undefined {
  return moment === null ? undefined : { clock, milliseconds: Math.max(0, moment - clock.now().getTime()) };
}

/**
 * Calls `look` now, at every change, and at the moments that `look` asks for, until the returned function is called.
 * Nothing is called after that.
 */
export function watch(changes: News, clock: Clock, look: () => number | null): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const turn = async (): Promise<void> => {
    await Promise.resolve(); // never before the caller holds the function that stops it
    while (!signal.aborted) {
      const seen = changes.count();
      await changes.after(seen, { signal, limit: untilMoment(clock, look()) });
    }
  };
  void turn();
  return () => stop.abort();
}

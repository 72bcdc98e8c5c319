// Who waits for the next change of anything in the sandbox.
import type { Clock } from "../ports/clock.ts";

export interface Changes {
  announce(): void;
  subscribe(onChange: () => void): () => void;
}

export function createChanges(): Changes {
  const listeners = new Set<() => void>();
  return {
    announce: () => {
      for (const listener of Array.from(listeners)) listener();
    },
    subscribe: (onChange) => {
      listeners.add(onChange);
      return () => {
        listeners.delete(onChange);
      };
    },
  };
}

/** Until that moment (epoch milliseconds; null: for ever) or until the signal aborts. */
export async function sleepUntil(clock: Clock, moment: number | null, signal: AbortSignal): Promise<void> {
  if (moment !== null) return clock.sleep(Math.max(0, moment - clock.now().getTime()), signal);
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/**
 * Calls `look` now, at every change, and at the moments that `look` asks for, until the returned function is called.
 * Nothing is called after that.
 */
export function watch(changes: Changes, clock: Clock, look: () => number | null): () => void {
  let nap = new AbortController();
  const stop = new AbortController();
  const unsubscribe = changes.subscribe(() => nap.abort());
  const turn = async (): Promise<void> => {
    await Promise.resolve(); // never before the caller holds the function that stops it
    while (!stop.signal.aborted) {
      nap = new AbortController();
      await sleepUntil(clock, look(), nap.signal);
    }
  };
  void turn();
  return () => {
    stop.abort();
    unsubscribe();
    nap.abort();
  };
}

// Waits for the next commit that wrote events, without missing one that happens while the reader is reading.
import type { Events } from "../../ports/store.ts";

export interface Commits {
  /** Call before reading: a commit from now on ends the next `next`. */
  clear(): void;
  /** Resolves at the first commit since `clear`, or when the signal aborts. */
  next(): Promise<void>;
  close(): void;
}

export function watchCommits(events: Events, signal: AbortSignal): Commits {
  let seen = false;
  let wake: (() => void) | undefined;
  const ring = (): void => {
    seen = true;
    wake?.();
  };
  const leave = events.subscribe(ring);
  signal.addEventListener("abort", ring, { once: true });
  return {
    clear: () => {
      seen = signal.aborted;
    },
    next: () =>
      new Promise((resolve) => {
        wake = resolve;
        if (seen) resolve();
      }),
    close: () => {
      leave();
      signal.removeEventListener("abort", ring);
    },
  };
}

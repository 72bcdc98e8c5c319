// The one way to wait until something happened, without missing what happens while the reader is still reading. `News`
// carries no content: it counts how often something was announced, and the reader looks at the state itself (the
// database, the cluster) after each wait.
//
//     const news = createNews((notify) => store.events.subscribe(notify));
//     while (!signal.aborted) {
//       const seen = news.count();           // 1. Remember how much was announced so far.
//       await readAndAct();                  // 2. Look at the state.
//       await news.after(seen, { signal });  // 3. Wait, unless something was announced since step 1.
//     }
//     news.close();
//
// The literature calls this an eventcount (Reed and Kanodia, "Synchronization with Eventcounts and Sequencers", 1979).
import type { Clock } from "./clock.ts";

export interface News {
  /** How often `notify` was called. Read it before looking at the state. */
  count(): number;
  /** Announces that something happened: ends every wait, then calls every subscriber. Never throws. */
  notify(): void;
  /**
   * Resolves when the count is greater than `seen`: immediately when it already is, otherwise at the next `notify`. Also
   * resolves when the signal aborts, when the limit is over, and when the news are closed: the caller looks again or
   * asks its signal. Never rejects.
   */
  after(seen: number, ends?: WaitEnds): Promise<void>;
  /**
   * Calls the listener during each `notify`, until the returned function is called. For reactions that cannot wait for
   * the next turn of the event loop. What the listener throws becomes a warning of the process: it must not fail the
   * caller of `notify`, nor the other listeners.
   */
  subscribe(listener: () => void): () => void;
  /** Leaves the sources and ends every wait. Afterwards `notify` does nothing and `after` resolves immediately. */
  close(): void;
}

/** What ends a wait without news. */
interface WaitEnds {
  readonly signal?: AbortSignal;
  /** Default: no limit. */
  readonly limit?: WaitLimit | undefined;
}

export interface WaitLimit {
  readonly clock: Pick<Clock, "sleep">;
  readonly milliseconds: number;
}

/** Something that announces news itself: it calls `notify` each time, until the function that it returned is called. */
type NewsSource = (notify: () => void) => () => void;

export function createNews(...sources: readonly NewsSource[]): News {
  const waits = new Set<() => void>();
  // Wrapped, so that the same function may subscribe twice and leave once.
  const subscribers = new Set<{ readonly listener: () => void }>();
  let count = 0;
  let closed = false;
  const notify = (): void => {
    if (closed) return;
    count += 1;
    for (const end of waits) end();
    // A copy: a listener may subscribe another one, which was not there when this happened.
    for (const one of Array.from(subscribers)) if (subscribers.has(one)) callSafely(one.listener);
  };
  const leaves = sources.map((source) => source(notify));
  return {
    count: () => count,
    notify,
    async after(seen, ends = {}) {
      if (count > seen || closed || ends.signal?.aborted === true) return;
      await oneWait(waits, ends);
    },
    subscribe(listener) {
      const one = { listener };
      if (!closed) subscribers.add(one);
      return () => void subscribers.delete(one);
    },
    close() {
      closed = true;
      for (const leave of leaves) leave();
      subscribers.clear();
      for (const end of waits) end();
    },
  };
}

/**
 * Waits until the entry in `waits` is called, the signal aborts or the limit is over. Afterwards neither `waits` nor the
 * signal refers to it.
 */
async function oneWait(waits: Set<() => void>, { signal, limit }: WaitEnds): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = new AbortController();
  const end = (): void => {
    waits.delete(end);
    signal?.removeEventListener("abort", end);
    timer.abort();
    resolve();
  };
  waits.add(end);
  signal?.addEventListener("abort", end, { once: true });
  if (limit !== undefined) void limit.clock.sleep(limit.milliseconds, timer.signal).then(end);
  await promise;
}

function callSafely(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}

// Runs are driven in this process, as many at a time as there are: a driver mostly waits. Nothing is remembered here:
// after a crash the engine asks the store what is unfinished and wakes it again.

import type { Clock } from "../ports/clock.ts";
import type { Dispatch, Lease } from "../ports/dispatch.ts";
import type { Log } from "../ports/log.ts";

interface Driven {
  readonly done: Promise<void>;
  readonly wakers: Set<() => void>;
  /** Woken while driving: drive once more after it returned, in case it had already looked. */
  again: boolean;
}

const PAUSE = 5_000;

export function inProcessDispatch(log: Log, clock: Clock): Dispatch {
  const driven = new Map<string, Driven>();
  const early = new Set<string>();
  const stopping = new AbortController();
  let drive: ((run: string, lease: Lease) => Promise<void>) | undefined;

  async function take(run: string, wakers: Set<() => void>): Promise<void> {
    const lease: Lease = { signal: stopping.signal, onWake: (callback) => void wakers.add(callback) };
    let failed = false;
    try {
      await drive?.(run, lease);
    } catch (error) {
      failed = true;
      log.write("error", "a run's driver failed; it is driven again", { run, error: String(error) });
      wakers.clear();
      // The store was away, most likely: a run must not be left alone for that.
      await clock.sleep(PAUSE, stopping.signal);
    } finally {
      const again = failed || driven.get(run)?.again === true;
      driven.delete(run);
      if (again && !stopping.signal.aborted) begin(run);
    }
  }

  function begin(run: string): void {
    const wakers = new Set<() => void>();
    // The driver starts in a later turn, so that the map knows the run before it can end.
    const done = Promise.resolve().then(() => take(run, wakers));
    driven.set(run, { done, wakers, again: false });
  }

  return {
    async start(driver) {
      drive = driver;
      for (const run of early) begin(run);
      early.clear();
    },
    wake(run) {
      if (stopping.signal.aborted) return;
      const current = driven.get(run);
      if (drive === undefined) early.add(run);
      else if (current === undefined) begin(run);
      else if (current.wakers.size === 0) current.again = true;
      else for (const waker of current.wakers) waker();
    },
    async stop() {
      stopping.abort();
      await Promise.all([...driven.values()].map((one) => one.done));
    },
  };
}

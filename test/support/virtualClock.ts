// A clock for tests that only moves when the test moves it. Timers fire in the order of their time, and equal times in
// the order in which they were set. The code that a timer wakes runs before the next timer fires. `runAll` has a limit,
// so that repeating timers do not run for ever.
import type { Clock } from "../../src/ports/clock.ts";

export interface VirtualClock extends Clock {
  /**
   * Moves the time by this many milliseconds. Timers that become due fire, also those that are set in the meantime.
   */
  advance(milliseconds: number): Promise<void>;
  /**
   * Moves the time until no timer is left. Throws after `limit` milliseconds of virtual time (default: one day),
   * because something then repeats.
   */
  runAll(limit?: number): Promise<void>;
  /** The number of timers that have not fired. */
  pending(): number;
}

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

const DAY = 24 * 3600_000;

export function createVirtualClock(start: Date = new Date("2024-01-01T00:00:00Z")): VirtualClock {
  let now = start.getTime();
  const timers = new Set<Timer>();
  /** Fires the earliest timer that is due until `end`; `false` when there is none. */
  const step = (end: number): boolean => {
    const next = earliest(timers);
    if (next === undefined || next.at > end) return false;
    timers.delete(next);
    now = Math.max(now, next.at);
    next.fire();
    return true;
  };
  const run = async (end: number): Promise<void> => {
    await othersTurn();
    while (step(end)) await othersTurn();
  };
  return {
    now: () => new Date(now),
    sleep: (milliseconds, signal) => sleepOn(timers, { at: now + Math.max(0, milliseconds), signal }),
    advance: async (milliseconds) => {
      const end = now + milliseconds;
      await run(end);
      now = end;
    },
    runAll: async (limit = DAY) => {
      await run(now + limit);
      if (timers.size > 0) throw new Error(`${timers.size} timers still wait after ${limit} ms of virtual time`);
    },
    pending: () => timers.size,
  };
}

function sleepOn(
  timers: Set<Timer>,
  wanted: { readonly at: number; readonly signal: AbortSignal | undefined },
): Promise<void> {
  return new Promise((resolve) => {
    if (wanted.signal?.aborted) return resolve();
    const done = (): void => {
      timers.delete(timer);
      wanted.signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = { at: wanted.at, fire: done };
    timers.add(timer);
    wanted.signal?.addEventListener("abort", done, { once: true });
  });
}

/** The timer that is due first. A Set keeps the order of insertion, so the first of equal times is taken. */
function earliest(timers: ReadonlySet<Timer>): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) if (first === undefined || timer.at < first.at) first = timer;
  return first;
}

/** Resolves after all promise callbacks that are ready have run. */
function othersTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

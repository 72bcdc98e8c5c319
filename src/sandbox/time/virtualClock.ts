// Time that stands still until a test moves it. Timers fire in the order of their time (equal times: in the order in which they were
// set), and whatever a timer woke is given its turn before the next one fires. Refuses to run for ever: see `runAll`.
import type { Clock } from "../../ports/clock.ts";

export interface VirtualClock extends Clock {
  /** Moves time by so many milliseconds; timers due in between fire on the way, those that they set too. */
  advance(milliseconds: number): Promise<void>;
  /** Moves time until no timer is left. Throws after `limit` milliseconds of virtual time (default one day): something repeats. */
  runAll(limit?: number): Promise<void>;
  /** Timers that wait. */
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
  /** Fires the earliest timer that is due until `end`; false when there is none. */
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

/** A Set keeps the order of insertion, so the first of equal times wins. */
function earliest(timers: ReadonlySet<Timer>): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) if (first === undefined || timer.at < first.at) first = timer;
  return first;
}

/** All promise callbacks run before the next macrotask does. */
function othersTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

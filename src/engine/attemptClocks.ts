// Holds one attempt to its clocks: of everything together, of the step around it, and of the attempt itself, which stands still while the
// attempt is pending. Tells which one ended first; what follows from that is not decided here.
import type { Clock } from "../ports/clock.ts";
import type { Attempt } from "./attempt.ts";
import { attemptUsed } from "./clocks.ts";

export interface RunningClock {
  readonly name: "total" | "attempt" | "step";
  readonly limit: number;
  /** Of "step": which one. */
  readonly step?: string;
}

export interface AttemptClocks {
  /** Aborts when the first of them ends. */
  readonly expired: AbortSignal;
  /** Which one ended; undefined while none has. */
  ended(): RunningClock | undefined;
  note(phase: "pending" | "running"): void;
}

interface Terms {
  /** Each clock leaves at least so many milliseconds, unless it is shorter: for an attempt that nobody looked at for a while. */
  readonly least: number;
  readonly until: AbortSignal;
}

export function holdToClocks(clock: Clock, { job, within }: Attempt, { least, until }: Terms): AttemptClocks {
  const expired = new AbortController();
  const begun = clock.now().getTime();
  let ended: RunningClock | undefined;
  const limitTo = (one: RunningClock, remaining: number, signal: AbortSignal): void => {
    const atLeast = clock.now().getTime() - begun < least ? Math.min(one.limit, least) : 0;
    void clock.sleep(Math.max(atLeast, remaining), signal).then(() => {
      if (signal.aborted || ended !== undefined) return;
      ended = one;
      expired.abort();
    });
  };
  const { timeout, clocks } = job.plan;
  const startedAt = job.startedAt === null ? begun : Date.parse(job.startedAt);
  limitTo({ name: "total", limit: timeout }, startedAt + timeout - begun, until);
  if (within !== null) limitTo({ name: "step", limit: within.limit, step: within.step }, within.at - begun, until);
  const own = clocks?.attempt === undefined ? undefined : stopwatch(attemptUsed(job, begun), clock);
  let running = new AbortController();
  const note: AttemptClocks["note"] = (phase) => {
    if (own === undefined || clocks?.attempt === undefined || !own.turn(phase === "running")) return;
    running.abort();
    running = new AbortController();
    const signal = AbortSignal.any([running.signal, until]);
    if (phase === "running") limitTo({ name: "attempt", limit: clocks.attempt }, clocks.attempt - own.used(), signal);
  };
  note(job.pendingAt === null ? "running" : "pending");
  return { expired: expired.signal, ended: () => ended, note };
}

/** `turn` is false where it changes nothing. */
function stopwatch(before: number, clock: Clock) {
  let [used, since] = [before, null as number | null];
  const now = (): number => clock.now().getTime();
  return {
    used: () => used + (since === null ? 0 : now() - since),
    turn(on: boolean): boolean {
      if (on === (since !== null)) return false;
      if (since !== null) used += now() - since;
      since = on ? now() : null;
      return true;
    },
  };
}

// What holds back a whole job type: somebody switched it off, or it fails so often that asking again only makes it worse.
// A breaker opens at half of at least ten answers within a minute that were the type's own trouble (it threw, its worker did not answer),
// never for programs of users that exit with an error. After a while one job is let through; how it ends decides.
import type { JobOutcome } from "../catalog/job.ts";
import { formatDuration } from "../model/duration.ts";
import { type Reason, type ReasonCode, reason } from "../model/reason.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hold } from "./advance.ts";

export interface Brakes {
  /** Null: jobs of the type may start. */
  holds(type: string): Hold | null;
  /** A job of the type begins: of a half-open breaker it is the one that decides. */
  noteStart(type: string): void;
  noteOutcome(type: string, outcome: JobOutcome): void;
  /** An attempt threw what nobody expected; `stack` holds no secret. */
  noteThrow(type: string, stack: string): void;
  states(): readonly BreakerState[];
}

export interface BreakerState {
  readonly type: string;
  readonly state: "closed" | "open" | "half-open";
  readonly calls: number;
  readonly failures: number;
}

const WINDOW = 60_000;
const LEAST_CALLS = 10;
const OPEN_FOR = 30_000;
const OWN_TROUBLE: ReadonlySet<ReasonCode> = new Set<ReasonCode>(["InternalError", "CallFailed", "Lost"]);

interface Breaker {
  calls: { readonly at: number; readonly failed: boolean }[];
  openedAt: number | null;
  /** Since when somebody is trying; who never answered is given up, and another one may try. */
  tryingSince: number | null;
}

export interface Switches {
  /** Why nothing of the type may start now, by its registration. */
  stopOf(type: string): Reason | null;
  noteThrow(type: string, stack: string): void;
  /** It came back, well or not. */
  noteReturn(type: string): void;
}

const NO_SWITCHES: Switches = { stopOf: () => null, noteThrow: () => {}, noteReturn: () => {} };

export function createBrakes(clock: Pick<Clock, "now">, switches: Switches = NO_SWITCHES): Brakes {
  const breakers = new Map<string, Breaker>();
  return {
    holds(type) {
      const off = switches.stopOf(type);
      if (off !== null) return { reason: off };
      const breaker = breakers.get(type);
      return breaker === undefined ? null : openHold(type, breaker, clock.now().getTime());
    },
    noteStart(type) {
      const breaker = breakers.get(type);
      if (breaker !== undefined && breaker.openedAt !== null) breaker.tryingSince = clock.now().getTime();
    },
    noteOutcome(type, outcome) {
      const breaker = breakers.get(type) ?? { calls: [], openedAt: null, tryingSince: null };
      breakers.set(type, breaker);
      if (outcome.phase === "succeeded" || outcome.reason.code !== "InternalError") switches.noteReturn(type);
      note(breaker, isOwnTrouble(outcome), clock.now().getTime());
    },
    noteThrow: (type, stack) => switches.noteThrow(type, stack),
    states: () => [...breakers].map(([type, breaker]) => stateOf(type, breaker, clock.now().getTime())),
  };
}

function isOwnTrouble(outcome: JobOutcome): boolean {
  return outcome.phase !== "succeeded" && OWN_TROUBLE.has(outcome.reason.code);
}

function note(breaker: Breaker, failed: boolean, now: number): void {
  breaker.calls = [...breaker.calls.filter((call) => call.at > now - WINDOW), { at: now, failed }];
  if (breaker.openedAt !== null) {
    // Answers of jobs that had begun before it opened tell nothing new.
    if (breaker.tryingSince === null) return;
    breaker.tryingSince = null;
    breaker.openedAt = failed ? now : null;
    if (!failed) breaker.calls = [];
    return;
  }
  const failures = breaker.calls.filter((call) => call.failed).length;
  if (breaker.calls.length >= LEAST_CALLS && failures * 2 >= breaker.calls.length) breaker.openedAt = now;
}

function openHold(type: string, breaker: Breaker, now: number): Hold | null {
  if (breaker.openedAt === null) return null;
  const until = Math.max(breaker.openedAt, breaker.tryingSince ?? 0) + OPEN_FOR;
  // Longer than it may be open: somebody set the clock back.
  if (now >= until || until - now > OPEN_FOR) return null;
  const { calls, failures } = stateOf(type, breaker, now);
  const delay = formatDuration(Math.max(1_000, until - now));
  return {
    reason: reason("BreakerOpen", { type, calls, failures, delay }),
    until: new Date(until),
  };
}

function stateOf(type: string, { calls, openedAt, tryingSince }: Breaker, now: number): BreakerState {
  const state = openedAt === null ? "closed" : tryingSince !== null ? "half-open" : "open";
  const recent = calls.filter((call) => call.at > now - WINDOW);
  return { type, state, calls: recent.length, failures: recent.filter((call) => call.failed).length };
}

// Computes the state of a sink after a round of deliveries: its position, its breaker, and the keys that are held back.
// Pure.

import type { SinkFailure } from "../model/reasons/sinkFailure.ts";
import { BREAKER_FAILURES } from "../model/reasons/sinkFailure.ts";
import type { PlatformEvent } from "../model/run/event.ts";
import type { BlockedKey, SinkProgress, SinkState, StoredSink } from "../ports/sinks.ts";
import { backoff, DEAD_AFTER_MILLISECONDS } from "./retryTimes.ts";

type Key = Pick<BlockedKey, "application" | "run">;

/** Events of one key that are delivered together. */
export interface Parcel {
  readonly key: Key;
  /** Events that passed the filter; may be empty for a held key. */
  readonly events: readonly PlatformEvent[];
  /** The key as it was held back before this round, or `undefined` when it was not held. */
  readonly blocked: BlockedKey | undefined;
  /** Sequence number at which a held key continues once all of `events` are delivered; `null` when it has caught up. */
  readonly rest: number | null;
}

export interface Delivered {
  readonly parcel: Parcel;
  readonly taken: number;
  readonly failure: SinkFailure | null;
}

interface Round {
  /** Results in the order in which the deliveries ended, because the breaker counts failures in a row. */
  readonly delivered: readonly Delivered[];
  /** Sequence number of the last new event that was read, or the old position when there was none. */
  readonly position: number;
  readonly now: Date;
  readonly random: () => number;
}

export function isOpen({ failures }: Pick<SinkState, "failures">): boolean {
  return failures >= BREAKER_FAILURES;
}

export function settleRound(
  { state, blocked }: StoredSink,
  round: Round,
): Pick<SinkProgress, "state" | "blocked" | "release"> {
  const next = stateAfter(state, round);
  const stillBlocked: BlockedKey[] = [];
  const release: Key[] = [];
  for (const one of round.delivered) {
    const kept = blockedAfter(one, round);
    if (kept !== null) stillBlocked.push(kept);
    else if (one.parcel.blocked !== undefined) release.push(one.parcel.key);
  }
  if (isOpen(state) && !isOpen(next)) stillBlocked.push(...released(blocked, round));
  return { state: next, blocked: stillBlocked, release };
}

function stateAfter(state: SinkState, { delivered, position, now, random }: Round): SinkState {
  const at = now.toISOString();
  let next: SinkState = { ...state, position };
  for (const { taken, failure } of delivered) {
    if (taken > 0) next = { ...next, failures: 0, failingSince: null, retryAt: null, failure: null, deliveredAt: at };
    if (failure !== null)
      next = { ...next, failures: next.failures + 1, failingSince: next.failingSince ?? at, failure };
  }
  if (!delivered.some((one) => one.failure !== null)) return next;
  if (!isOpen(next)) return { ...next, retryAt: null };
  const wait = backoff(next.failures - BREAKER_FAILURES + 1, random);
  return { ...next, retryAt: later(now, wait), dead: isOver(next.failingSince, now) };
}

function blockedAfter({ parcel, taken, failure }: Delivered, { now, random }: Round): BlockedKey | null {
  const { key, events, blocked, rest } = parcel;
  const at = now.toISOString();
  const first = events[taken];
  const { application, run } = key;
  const fresh = { application, run, failures: 0, since: at, retryAt: at, dead: false };
  if (first === undefined) return rest === null ? null : { ...fresh, sequence: rest };
  const before = taken === 0 && blocked !== undefined ? blocked : fresh;
  if (failure === null) return { ...before, sequence: first.sequence };
  const failures = before.failures + 1;
  const retryAt = later(now, backoff(failures, random));
  return { ...before, sequence: first.sequence, failures, retryAt, dead: isOver(before.since, now) };
}

/** Keys that failed while the receiver did not work become due now, because they were only waiting for the receiver. */
function released(blocked: readonly BlockedKey[], { delivered, now }: Round): BlockedKey[] {
  const tried = new Set(delivered.map((one) => one.parcel.blocked));
  return blocked.filter((one) => !one.dead && !tried.has(one)).map((one) => ({ ...one, retryAt: now.toISOString() }));
}

function isOver(since: string | null, now: Date): boolean {
  return since !== null && now.getTime() - Date.parse(since) >= DEAD_AFTER_MILLISECONDS;
}

function later(now: Date, milliseconds: number): string {
  return new Date(now.getTime() + milliseconds).toISOString();
}

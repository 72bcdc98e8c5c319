// The duties that this process holds, and the slots that they use. How a process gets a duty is decided in
// src/dispatch/inProcess.ts and src/dispatch/postgres/.
import type { Dispatched, Duty, DutyTerms, Lease, QueuedDuty } from "../../ports/dispatch.ts";
import type { Used } from "./shares.ts";

export interface LeasedDuty {
  readonly duty: Duty;
  readonly terms: DutyTerms;
  /** Aborts when this process may no longer work on the duty. */
  readonly lost: AbortController;
  /** True when the duty was woken while it was held, so that it is driven once more before it is released. */
  again: boolean;
  resting: boolean;
}

export interface LeasedDuties {
  /** Returns `undefined` when the duty is held already. */
  take(duty: Duty, terms: DutyTerms): LeasedDuty | undefined;
  /**
   * Releases the duty and its slot, and returns true; returns false when it was woken meanwhile and must be driven
   * again.
   */
  finish(leased: LeasedDuty): boolean;
  /** Releases the duty immediately, even if a drive of it is still in progress; that drive is aborted. */
  lose(leased: LeasedDuty): void;
  get(duty: Duty): LeasedDuty | undefined;
  all(): readonly LeasedDuty[];
  leaseOf(leased: LeasedDuty, holds: () => boolean): Lease;
  /**
   * Notifies the drive of a held duty, which looks again before it releases it. Returns false when the duty is not held
   * here.
   */
  wake(duty: Duty): boolean;
  free(): number;
  /** Slots in use by group; resting duties use none. */
  used(): Used;
  /** Groups of which at least `limit` duties are held, resting ones included. */
  atLimit(limit: number): readonly string[];
}

/** `onFree` is called when a slot may have become free. */
export function createLeasedDuties(slots: number, onFree: () => void): LeasedDuties {
  const leases = new Map<Duty, LeasedDuty>();
  const wakers = new Map<LeasedDuty, Set<() => void>>();
  const active = (): readonly LeasedDuty[] => [...leases.values()].filter((one) => !one.resting);
  const drop = (leased: LeasedDuty): void => {
    wakers.delete(leased);
    if (leases.get(leased.duty) !== leased) return;
    leases.delete(leased.duty);
    onFree();
  };
  return {
    take(duty, terms) {
      if (leases.has(duty)) return undefined;
      const leased: LeasedDuty = { duty, terms, lost: new AbortController(), again: false, resting: false };
      leases.set(duty, leased);
      wakers.set(leased, new Set());
      return leased;
    },
    finish(leased) {
      if (leased.again && !leased.lost.signal.aborted) {
        leased.again = false;
        wakers.get(leased)?.clear();
        return false;
      }
      drop(leased);
      return true;
    },
    lose(leased) {
      leased.lost.abort();
      drop(leased);
    },
    get: (duty) => leases.get(duty),
    all: () => [...leases.values()],
    leaseOf: (leased, holds) => ({
      signal: leased.lost.signal,
      holds,
      onWake: (callback) => void wakers.get(leased)?.add(callback),
      rest() {
        if (leased.resting) return;
        leased.resting = true;
        onFree();
      },
    }),
    wake(duty) {
      const leased = leases.get(duty);
      if (leased === undefined || leased.lost.signal.aborted) return false;
      // Set even if a waker is called: the drive may have decided a moment ago to end.
      leased.again = true;
      for (const waker of wakers.get(leased) ?? []) waker();
      return true;
    },
    free: () => Math.max(0, slots - active().length),
    used: () => byGroup(active()),
    atLimit: (limit) => [...byGroup(leases.values())].filter(([, count]) => count >= limit).map(([group]) => group),
  };
}

function byGroup(leases: Iterable<LeasedDuty>): Used {
  const counts = new Map<string, number>();
  for (const { terms } of leases)
    if (terms.group !== undefined) counts.set(terms.group, (counts.get(terms.group) ?? 0) + 1);
  return counts;
}

/** Why a due duty waits: for a slot, or for the limit of its group. `holders` are the held duties of its group. */
export function queuedBecause(holders: readonly Duty[], limit: number | undefined): QueuedDuty {
  if (limit === undefined || holders.length < limit) return { because: "slots", limit: null, holders: [] };
  return { because: "group", limit, holders };
}

export function dispatched(leases: LeasedDuties, slots: number): Dispatched {
  const all = leases.all();
  return { held: all.length, resting: all.filter((one) => one.resting).length, slots };
}

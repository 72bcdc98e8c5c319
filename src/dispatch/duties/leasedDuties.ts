// The duties that this process looks after, and the slots that they take. Knows nothing of how they came here.
import type { Dispatched, Duty, InLine, Lease, Terms } from "../../ports/dispatch.ts";
import type { Used } from "./shares.ts";

export interface Holding {
  readonly duty: Duty;
  readonly terms: Terms;
  /** Aborts when the duty is no longer ours. */
  readonly lost: AbortController;
  /** Woken while nobody listened: it is looked after once more. */
  again: boolean;
  resting: boolean;
}

export interface Holdings {
  /** Undefined when it is held already. */
  take(duty: Duty, terms: Terms): Holding | undefined;
  /** False when somebody woke it meanwhile: it has to be looked at again. True: it is no longer held, and its slot is free. */
  finish(holding: Holding): boolean;
  /** Not ours any more, whoever still works on it. */
  lose(holding: Holding): void;
  get(duty: Duty): Holding | undefined;
  all(): readonly Holding[];
  lease(holding: Holding, holds: () => boolean): Lease;
  /** True when its holder has been told, or will look again before it lets go. */
  wake(duty: Duty): boolean;
  free(): number;
  /** Without those that rest. */
  used(): Used;
  /** Groups of which so many are held, those that rest included. */
  atLimit(limit: number): readonly string[];
}

/** `onFree`: a slot may have come free. */
export function createHoldings(slots: number, onFree: () => void): Holdings {
  const held = new Map<Duty, Holding>();
  const wakers = new Map<Holding, Set<() => void>>();
  const active = (): readonly Holding[] => [...held.values()].filter((one) => !one.resting);
  const drop = (holding: Holding): void => {
    wakers.delete(holding);
    if (held.get(holding.duty) !== holding) return;
    held.delete(holding.duty);
    onFree();
  };
  return {
    take(duty, terms) {
      if (held.has(duty)) return undefined;
      const holding: Holding = { duty, terms, lost: new AbortController(), again: false, resting: false };
      held.set(duty, holding);
      wakers.set(holding, new Set());
      return holding;
    },
    finish(holding) {
      if (holding.again && !holding.lost.signal.aborted) {
        holding.again = false;
        wakers.get(holding)?.clear();
        return false;
      }
      drop(holding);
      return true;
    },
    lose(holding) {
      holding.lost.abort();
      drop(holding);
    },
    get: (duty) => held.get(duty),
    all: () => [...held.values()],
    lease: (holding, holds) => ({
      signal: holding.lost.signal,
      holds,
      onWake: (callback) => void wakers.get(holding)?.add(callback),
      rest() {
        if (holding.resting) return;
        holding.resting = true;
        onFree();
      },
    }),
    wake(duty) {
      const holding = held.get(duty);
      if (holding === undefined || holding.lost.signal.aborted) return false;
      // Always: whoever is told may have decided a moment ago to let go.
      holding.again = true;
      for (const waker of wakers.get(holding) ?? []) waker();
      return true;
    },
    free: () => Math.max(0, slots - active().length),
    used: () => byGroup(active()),
    atLimit: (limit) => [...byGroup(held.values())].filter(([, count]) => count >= limit).map(([group]) => group),
  };
}

function byGroup(holdings: Iterable<Holding>): Used {
  const counts = new Map<string, number>();
  for (const { terms } of holdings)
    if (terms.group !== undefined) counts.set(terms.group, (counts.get(terms.group) ?? 0) + 1);
  return counts;
}

/** Of a duty that is due: `holders` are the duties of its group that are looked after. */
export function placeInLine(holders: readonly Duty[], limit: number | undefined): InLine {
  if (limit === undefined || holders.length < limit) return { because: "slots", limit: null, holders: [] };
  return { because: "group", limit, holders };
}

export function dispatched(holdings: Holdings, slots: number): Dispatched {
  const all = holdings.all();
  return { held: all.length, resting: all.filter((one) => one.resting).length, slots };
}

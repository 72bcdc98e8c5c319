// The duties that wait for a slot of this process, sorted by group, then by priority, then by the order in which they
// came.
import type { Duty, DutyTerms } from "../../ports/dispatch.ts";

interface Lanes {
  /** Adds a duty. A duty that waits already keeps its place, unless the new terms name another group. */
  add(duty: Duty, terms: DutyTerms): void;
  has(duty: Duty): boolean;
  groupOf(duty: Duty): string | undefined;
  /** Removes and returns the first duty outside the groups `except`: the highest priority, then the longest wait. */
  next(except: readonly string[]): { readonly duty: Duty; readonly terms: DutyTerms } | undefined;
}

interface LaneEntry {
  readonly terms: DutyTerms;
  readonly order: number;
}

export function createLanes(): Lanes {
  const entries = new Map<Duty, LaneEntry>();
  /** Group -> priority -> duties in the order in which they came. */
  const lanes = new Map<string, Map<number, Set<Duty>>>();
  let counter = 0;

  const heads = (except: readonly string[]): readonly { duty: Duty; priority: number; order: number }[] =>
    [...lanes].flatMap(([group, byPriority]) => {
      if (except.includes(group) && group !== "") return [];
      const priority = Math.max(...byPriority.keys());
      const [duty] = byPriority.get(priority) ?? [];
      return duty === undefined ? [] : [{ duty, priority, order: entries.get(duty)?.order ?? 0 }];
    });

  const remove = (duty: Duty, { group = "", priority = 0 }: DutyTerms): void => {
    entries.delete(duty);
    const byPriority = lanes.get(group);
    const lane = byPriority?.get(priority);
    lane?.delete(duty);
    if (lane?.size === 0) byPriority?.delete(priority);
    if (byPriority?.size === 0) lanes.delete(group);
  };

  return {
    add(duty, terms) {
      const before = entries.get(duty);
      if (before !== undefined && before.terms.group === terms.group) return;
      if (before !== undefined) remove(duty, before.terms);
      const { group = "", priority = 0 } = terms;
      const byPriority = lanes.get(group) ?? new Map<number, Set<Duty>>();
      lanes.set(group, byPriority);
      byPriority.set(priority, (byPriority.get(priority) ?? new Set<Duty>()).add(duty));
      entries.set(duty, { terms, order: counter++ });
    },
    has: (duty) => entries.has(duty),
    groupOf: (duty) => entries.get(duty)?.terms.group,
    next(except) {
      const [first] = heads(except).toSorted((a, b) => b.priority - a.priority || a.order - b.order);
      const entry = first === undefined ? undefined : entries.get(first.duty);
      if (first === undefined || entry === undefined) return undefined;
      remove(first.duty, entry.terms);
      return { duty: first.duty, terms: entry.terms };
    },
  };
}

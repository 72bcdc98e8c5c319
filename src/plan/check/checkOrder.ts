// Sorts problems in the order of the document and limits their number, so that a user can read them all.

import type { Json } from "../../model/data/json.ts";
import { fromPointer } from "../../model/data/pointer.ts";
import { LIMITS } from "../../model/document/document.ts";
import { hasErrors, type Problem, problem, warning } from "../../model/problems/problem.ts";

/**
 * Sorts by position in `value`, drops duplicates and keeps at most LIMITS.problems. When some are left out, the last
 * problem says so.
 */
export function inDocumentOrder(problems: readonly Problem[], value: Json): Problem[] {
  const indexes = new WeakMap<object, ReadonlyMap<string, number>>();
  const placed = problems.map((one) => ({ one, place: placeOf(one.pointer, value, indexes) }));
  const sorted = placed.sort((a, b) => comparePlaces(a.place, b.place)).map(({ one }) => one);
  const unique = [...new Map(sorted.map((one) => [JSON.stringify(one), one])).values()];
  if (unique.length <= LIMITS.problems) return unique;
  const tell = hasErrors(unique) ? problem : warning;
  const last = tell("MoreProblems", "", { limit: LIMITS.problems - 1 });
  return [...unique.slice(0, LIMITS.problems - 1), last];
}

/** The index of each key of the pointer among its siblings. A key that does not exist sorts before all that do. */
function placeOf(pointer: string, root: Json, indexes: WeakMap<object, ReadonlyMap<string, number>>): number[] {
  let current: unknown = root;
  return fromPointer(pointer).map((key) => {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return -1;
    const known = indexes.get(current) ?? new Map(Object.keys(current).map((name, index) => [name, index]));
    indexes.set(current, known);
    current = Reflect.get(current, key);
    return known.get(key) ?? -1;
  });
}

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? -2) - (b[at] ?? -2);
    if (difference !== 0) return difference;
  }
  return 0;
}

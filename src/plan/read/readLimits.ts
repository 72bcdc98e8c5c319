// Limits that keep every later step short: depth and number of values. They are counted without recursion, so that no
// document can exhaust the stack before it is refused.
import { LIMITS } from "../../model/document/document.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";

/** Schemas visit every value, and every value can be a problem. This limit bounds both to a fraction of a second. */
export const VALUES_LIMIT = 250_000;

export function tooLarge(bytes: number): Problem {
  return problem("TooLarge", "", { bytes, limit: LIMITS.documentBytes });
}

export function tooDeep(pointer = ""): Problem {
  return problem("TooDeep", pointer, { limit: LIMITS.depth });
}

export function tooManyValues(): Problem {
  return problem("TooManyValues", "", { limit: VALUES_LIMIT });
}

/** Checks values that did not come through a reader, e.g. the parsed body of a request. */
export function checkSize(value: unknown): Problem | undefined {
  const queue: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let at = 0; at < queue.length; at++) {
    const current = queue[at];
    if (typeof current?.value !== "object" || current.value === null) continue;
    if (current.depth >= LIMITS.depth) return tooDeep();
    for (const inner of Object.values(current.value)) queue.push({ value: inner, depth: current.depth + 1 });
    if (queue.length > VALUES_LIMIT) return tooManyValues();
  }
  return undefined;
}

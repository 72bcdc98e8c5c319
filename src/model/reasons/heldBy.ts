// The sentence about who has the resources that are short.
import { type Reason, reason } from "./reason.ts";

const NAMED = 5;

/** `own`: names of runs of the project that asks. `others`: number of pods of all other owners. */
export function heldBy({
  own,
  others,
}: {
  readonly own: readonly string[];
  readonly others: number;
}): Reason | undefined {
  if (own.length === 0) return others === 0 ? undefined : reason("HeldByOthers", { count: others });
  const holders = firstNames(own);
  return others === 0 ? reason("HeldBy", { holders }) : reason("HeldByBoth", { holders, count: others });
}

/** The first five names, and how many more there are: `a, b (+3)`. */
export function firstNames(names: readonly string[]): string {
  const more = names.length > NAMED ? ` (+${names.length - NAMED})` : "";
  return `${names.slice(0, NAMED).join(", ")}${more}`;
}

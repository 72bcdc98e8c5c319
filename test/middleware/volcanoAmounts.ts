// Amounts of resources as the stand-in of Volcano counts them. It shares no code with src/capacity, because the check
// is compared with it.

import { listAt, objectAt, textAt } from "../../src/model/data/fieldReaders.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { numberOf } from "./quantities.ts";

export type Counted = ReadonlyMap<string, number>;

export function counted(resources: JsonObject): Map<string, number> {
  return new Map(Object.entries(resources).map(([name, quantity]) => [name, numberOf(quantity)]));
}

/** Requests of the containers; a missing request equals the limit. Init containers are not looked at. */
export function requestsOfPod(pod: JsonObject): Map<string, number> {
  const sum = new Map<string, number>([["pods", 1]]);
  for (const container of listAt(pod, "spec", "containers"))
    addCounted(
      sum,
      counted({ ...objectAt(container, "resources", "limits"), ...objectAt(container, "resources", "requests") }),
    );
  return sum;
}

export function addCounted(sum: Map<string, number>, more: Counted, times = 1): void {
  for (const [name, amount] of more) sum.set(name, (sum.get(name) ?? 0) + times * amount);
}

/** The resources of which `asked` is more than `have`. A resource that `have` does not name is not limited. */
export function lackingIn(asked: Counted, have: Counted, unnamed: "unlimited" | "none"): readonly string[] {
  return [...asked]
    .filter(([name, amount]) => amount > 0 && amount > (have.get(name) ?? (unnamed === "none" ? 0 : Infinity)))
    .map(([name]) => name);
}

export const isLive = (pod: JsonObject): boolean => !["Succeeded", "Failed"].includes(textAt(pod, "status", "phase"));

// The place of a job among all jobs that wait in the same queue: those with a higher priority come first, then the
// older ones. Kueue and Volcano may let a later one pass that fits, so the place is not a promise.
import type { JsonObject } from "../../model/data/json.ts";
import { listAt, numberAt, textAt } from "../kubernetes/optionalFields.ts";

export interface QueuePlace {
  readonly position: number;
  readonly of: number;
}

/** `undefined` when the object is not among those that wait. */
export function placeOf(object: JsonObject, waiting: readonly JsonObject[]): QueuePlace | undefined {
  const line = [...waiting].sort(
    (a, b) => priority(b) - priority(a) || created(a).localeCompare(created(b)) || uid(a).localeCompare(uid(b)),
  );
  const at = line.findIndex((one) => uid(one) === uid(object));
  return at < 0 ? undefined : { position: at + 1, of: line.length };
}

const uid = (object: JsonObject): string => textAt(object, "metadata", "uid");
const created = (object: JsonObject): string => textAt(object, "metadata", "creationTimestamp");
const priority = (object: JsonObject): number => numberAt(object, "spec", "priority") ?? 0;

/** Whether a Workload of Kueue waits for quota. */
export function isWorkloadWaiting(workload: JsonObject): boolean {
  const isTrue = (type: string): boolean =>
    listAt(workload, "status", "conditions").some(
      (one) => textAt(one, "type") === type && textAt(one, "status") === "True",
    );
  return !isTrue("QuotaReserved") && !isTrue("Finished");
}

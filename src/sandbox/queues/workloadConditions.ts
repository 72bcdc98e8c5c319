// The conditions of a Workload for each state of its admission, as Kueue 0.17 writes them.
import { textAt } from "../../model/data/fieldReaders.ts";
import type { JsonObject } from "../../model/data/json.ts";

export type QueueAdmission =
  | { readonly state: "inadmissible" | "pending"; readonly message: string }
  | { readonly state: "admitted"; readonly queue: string }
  | { readonly state: "finished"; readonly queue: string; readonly failed: boolean }
  /** `evicted`: it was admitted before. */
  | { readonly state: "stopped"; readonly queue: string; readonly evicted: boolean }
  | { readonly state: "deactivated"; readonly evicted: boolean };

interface Said {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

/** Replaces the conditions; one that does not change keeps its time. */
export function conditionsFor(
  admission: QueueAdmission,
  before: readonly JsonObject[],
  now: string,
): readonly JsonObject[] {
  return saidAbout(admission, before).map((said) => {
    const known = before.find((one) => textAt(one, "type") === said.type && textAt(one, "status") === said.status);
    return { ...said, lastTransitionTime: textAt(known, "lastTransitionTime") || now };
  });
}

function saidAbout(admission: QueueAdmission, before: readonly JsonObject[]): readonly Said[] {
  const evictedOnce = before.filter((one) => textAt(one, "type") === "Evicted");
  switch (admission.state) {
    case "inadmissible":
      return [reserved("False", "Inadmissible", admission.message)];
    case "pending":
      return [...evictedOnce.map(saidBefore), reserved("False", "Pending", admission.message)];
    case "admitted":
      return [...requeued(evictedOnce), ...admitted(admission.queue)];
    case "finished":
      return [
        ...admitted(admission.queue),
        admission.failed
          ? {
              type: "Finished",
              status: "True",
              reason: "Failed",
              message: "Job has reached the specified backoff limit",
            }
          : { type: "Finished", status: "True", reason: "Succeeded", message: "Job finished successfully" },
      ];
    case "stopped":
      return evicted(admission.evicted || isTrue(evictedOnce), {
        reason: "ClusterQueueStopped",
        message: `ClusterQueue ${admission.queue} is inactive`,
      });
    case "deactivated":
      return evicted(admission.evicted || isTrue(evictedOnce), {
        reason: "Deactivated",
        message: "The workload is deactivated",
      });
  }
}

function saidBefore(one: JsonObject): Said {
  const status = textAt(one, "status") === "True" ? "True" : "False";
  return { type: textAt(one, "type"), status, reason: textAt(one, "reason"), message: textAt(one, "message") };
}

function isTrue(conditions: readonly JsonObject[]): boolean {
  return conditions.some((one) => textAt(one, "status") === "True");
}

function reserved(status: Said["status"], reason: string, message: string): Said {
  return { type: "QuotaReserved", status, reason, message };
}

function admitted(queue: string): readonly Said[] {
  return [
    reserved("True", "QuotaReserved", `Quota reserved in ClusterQueue ${queue}`),
    { type: "Admitted", status: "True", reason: "Admitted", message: "The workload is admitted" },
  ];
}

function evicted(was: boolean, why: Pick<Said, "reason" | "message">): readonly Said[] {
  if (!was) return [reserved("False", "Inadmissible", why.message)];
  return [
    reserved("False", "Pending", why.message),
    { type: "Evicted", status: "True", ...why },
    { type: "Admitted", status: "False", reason: "NoReservation", message: "The workload has no reservation" },
  ];
}

/** After an eviction has ended, Kueue sets `Evicted` to False. */
function requeued(before: readonly JsonObject[]): readonly Said[] {
  if (before.length === 0) return [];
  return [
    { type: "Evicted", status: "False", reason: "QuotaReserved", message: "Previously: The workload was evicted" },
  ];
}

// Kueue: what the conditions of a Workload mean, as rules in a fixed order. Before Kueue 0.19 every wait has the reason
// Pending, so the message is read too. A Workload without conditions was not tried yet (StrictFIFO) and waits.
// https://kueue.sigs.k8s.io/docs/concepts/workload/
import { isObject, type JsonObject } from "../../model/data/json.ts";
import { reason } from "../../model/reasons/reason.ts";
import { listAt, textAt } from "../kubernetes/optionalFields.ts";
import type { QueueAnswer, QueueClass } from "./answer.ts";

const NEVER: ReadonlySet<string> = new Set(["ExceedsMaxQuota", "NoMatchingFlavor", "Misconfigured", "Inadmissible"]);
const GRACE = 60_000;
const DEACTIVATED: Readonly<Record<string, QueueClass>> = {
  RequeuingLimitExceeded: "expired",
  MaximumExecutionTimeExceeded: "failed",
};

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

type Rule = (conditions: ReadonlyMap<string, Condition>, workload: JsonObject) => QueueAnswer | undefined;

// The first answer decides: an end comes before progress, and a loss comes before what was reached earlier.
const RULES: readonly Rule[] = [
  (conditions) => {
    const finished = activeCondition(conditions, "Finished");
    if (finished === undefined) return undefined;
    if (finished.reason === "Succeeded") return { class: "succeeded", reason: reason("Completed") };
    return { class: finished.reason === "Failed" ? "failed" : "unknown", reason: queue("QueueRefused", finished) };
  },
  (_, workload) => {
    const rejected = listAt(workload, "status", "admissionChecks").find((one) => textAt(one, "state") === "Rejected");
    if (rejected === undefined) return undefined;
    const detail = `${textAt(rejected, "name")}: ${textAt(rejected, "message")}`;
    return { class: "rejected", reason: reason("QueueRefused", { detail }) };
  },
  (conditions) => {
    const evicted = activeCondition(conditions, "Evicted");
    if (evicted === undefined) return undefined;
    // `DeactivatedDueToRequeuingLimitExceeded` or, in later versions, `Deactivated` with the cause in the message.
    if (evicted.reason.startsWith("Deactivated")) {
      const cause = Object.keys(DEACTIVATED).find((one) => `${evicted.reason} ${evicted.message}`.includes(one));
      return { class: DEACTIVATED[cause ?? ""] ?? "rejected", reason: queue("QueueRefused", evicted) };
    }
    const why = activeCondition(conditions, "Preempted") ?? evicted;
    return { class: "interrupted", reason: reason("Interrupted", { detail: `${why.reason}: ${why.message}` }) };
  },
  (conditions) =>
    activeCondition(conditions, "PodsReady") === undefined
      ? undefined
      : { class: "running", reason: reason("TaskRunning") },
  (conditions) => {
    const quota = conditions.get("QuotaReserved");
    if (quota?.status !== "False") return undefined;
    if (NEVER.has(quota.reason) && !isOnlyBusy(quota.message)) {
      const grace = quota.reason === "Misconfigured" || quota.reason === "Inadmissible" ? { grace: GRACE } : {};
      return { class: "rejected", reason: queue("QueueRefused", quota), ...grace };
    }
    // Before 0.19 only the message distinguishes the impossible from the busy.
    if (/> maximum capacity \(/.test(quota.message) && !isOnlyBusy(quota.message))
      return { class: "rejected", reason: queue("QueueRefused", quota) };
    return { class: "waits", reason: queue("QueueWaits", quota) };
  },
  (conditions) => {
    const quota = activeCondition(conditions, "QuotaReserved");
    if (quota === undefined) return undefined;
    const admitted = conditions.get("Admitted");
    if (admitted?.status === "True") return { class: "waits", reason: reason("Beginning") };
    return { class: "waits", reason: queue("QueueWaits", admitted ?? quota) };
  },
];

/** Whether one flavor is too small while another one is only in use. */
function isOnlyBusy(message: string): boolean {
  return /insufficient unused quota/.test(message);
}

export function workloadAnswer(workload: JsonObject): QueueAnswer {
  const conditions = new Map(
    listAt(workload, "status", "conditions").map((one) => [textAt(one, "type"), conditionFrom(one)] as const),
  );
  for (const rule of RULES) {
    const answer = rule(conditions, workload);
    if (answer !== undefined) return answer;
  }
  const inactive = isObject(workload["spec"]) && workload["spec"]["active"] === false;
  const detail = inactive ? "QueueOff" : "QueueNotLooked";
  return { class: "waits", reason: reason("QueueWaits", { detail }) };
}

function conditionFrom(one: JsonObject): Condition {
  return {
    type: textAt(one, "type"),
    status: textAt(one, "status"),
    reason: textAt(one, "reason"),
    message: textAt(one, "message"),
  };
}

/**
 * The condition when its status is True. After an eviction has ended, Kueue sets Evicted=False and QuotaReserved=True
 * again.
 */
function activeCondition(conditions: ReadonlyMap<string, Condition>, type: string): Condition | undefined {
  const found = conditions.get(type);
  return found?.status === "True" ? found : undefined;
}

function queue(code: "QueueRefused" | "QueueWaits", { reason: why, message }: Condition) {
  return reason(code, { detail: message === "" ? why : `${why}: ${message}` });
}

// Kueue: what the conditions of a Workload mean, as rules in a fixed order. Before Kueue 0.19 every wait has the reason
// Pending, so the message is read too (flavorMessage.ts). A Workload without conditions was not tried yet (StrictFIFO)
// and waits. `undefined` when the Workload is admitted or has ended: then the pods are judged.
// https://kueue.sigs.k8s.io/docs/concepts/workload/
import { dig, type JsonObject } from "../../model/data/json.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { listAt, textAt } from "../kubernetes/optionalFields.ts";
import { QUEUE_GRACE, type QueueAnswer, type QueueClass, UNREAD_GRACE } from "./answer.ts";
import { readFlavorMessage } from "./flavorMessage.ts";
import { flavorGroups, type KueueObjects, queueTrouble } from "./kueueQueue.ts";

const NEVER: ReadonlySet<string> = new Set(["ExceedsMaxQuota", "NoMatchingFlavor", "Misconfigured", "Inadmissible"]);
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

interface Looked {
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly workload: JsonObject;
  readonly objects: KueueObjects;
  readonly queue: string;
}

/** `null`: this rule decides that the queue does not hold the Workload back. `undefined`: the next rule decides. */
type Rule = (looked: Looked) => QueueAnswer | null | undefined;

// The first answer decides: an end comes before progress, and a loss comes before what was reached earlier.
const RULES: readonly Rule[] = [
  // The Job itself reports how it ended.
  ({ conditions }) => (active(conditions, "Finished") === undefined ? undefined : null),
  ({ workload, queue }) => {
    const rejected = listAt(workload, "status", "admissionChecks").find((one) => textAt(one, "state") === "Rejected");
    if (rejected === undefined) return undefined;
    const detail = `${textAt(rejected, "name")}: ${textAt(rejected, "message")}`;
    return { class: "rejected", reason: reason("QueueRefused", { queue, detail }) };
  },
  ({ conditions, queue }) => {
    const evicted = active(conditions, "Evicted");
    if (evicted === undefined) return undefined;
    // `DeactivatedDueToRequeuingLimitExceeded` or, in later versions, `Deactivated` with the cause in the message.
    if (evicted.reason.startsWith("Deactivated")) return deactivated(queue, evicted);
    const why = active(conditions, "Preempted") ?? evicted;
    return { class: "evicted", reason: reason("QueueEvicted", { queue, detail: said(why) }) };
  },
  ({ conditions }) => (active(conditions, "Admitted") === undefined ? undefined : null),
  ({ conditions, workload, queue }) => {
    if (active(conditions, "QuotaReserved") === undefined) return undefined;
    const open = listAt(workload, "status", "admissionChecks").filter((one) => textAt(one, "state") !== "Ready");
    const checks = open.map((one) => [textAt(one, "name"), textAt(one, "message")].filter(Boolean).join(": "));
    const detail = checks.length === 0 ? "QueueNotLooked" : "QueueChecks";
    return { class: "waits", reason: reason("QueueWaits", { queue, detail, checks: checks.join("; ") }) };
  },
  ({ objects, queue }) => {
    const trouble = queueTrouble(queue, objects);
    return trouble === undefined ? undefined : { class: "rejected", reason: trouble, grace: QUEUE_GRACE };
  },
  (looked) => {
    const quota = looked.conditions.get("QuotaReserved");
    return quota?.status === "False" ? withoutQuota(looked, quota) : undefined;
  },
];

/** `undefined` when no queue holds the object of the Workload back. */
export function workloadAnswer(workload: JsonObject, objects: KueueObjects): QueueAnswer | undefined {
  const conditions = new Map(
    listAt(workload, "status", "conditions").map((one) => [textAt(one, "type"), conditionFrom(one)] as const),
  );
  const queue = textAt(workload, "spec", "queueName");
  for (const rule of RULES) {
    const answer = rule({ conditions, workload, objects, queue });
    if (answer !== undefined) return answer ?? undefined;
  }
  const detail = dig(workload, "spec", "active") === false ? "QueueOff" : "QueueNotLooked";
  return { class: "waits", reason: reason("QueueWaits", { queue, detail }) };
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
function active(conditions: ReadonlyMap<string, Condition>, type: string): Condition | undefined {
  const found = conditions.get(type);
  return found?.status === "True" ? found : undefined;
}

function said({ reason: why, message }: Pick<Condition, "reason" | "message">): string {
  return message === "" ? why : `${why}: ${message}`;
}

function deactivated(queue: string, evicted: Condition): QueueAnswer {
  const cause = Object.keys(DEACTIVATED).find((one) => `${evicted.reason} ${evicted.message}`.includes(one));
  return {
    class: DEACTIVATED[cause ?? ""] ?? "rejected",
    reason: reason("QueueRefused", { queue, detail: said(evicted) }),
  };
}

function withoutQuota({ queue, objects, workload }: Looked, condition: Condition): QueueAnswer {
  const { message } = condition;
  const hopeless = isElastic(workload) ? undefined : neverFits(queue, message);
  const groups = flavorGroups(objects);
  if (hopeless !== undefined && (groups === undefined || hopeless.isCertain(groups)))
    return { class: "rejected", reason: hopeless.reason, ...(groups === undefined && { grace: UNREAD_GRACE }) };
  const missing = readFlavorMessage(message).findings.flatMap((one) =>
    one.kind === "busy" ? `${one.flavor}: ${one.missing} ${one.resource}` : [],
  );
  if (missing.length > 0)
    return { class: "waits", reason: reason("QueueQuotaBusy", { queue, missing: missing.join(", ") }) };
  if (hopeless === undefined && NEVER.has(condition.reason))
    return {
      class: "rejected",
      reason: reason("QueueRefused", { queue, detail: said(condition) }),
      ...(condition.reason === "NoMatchingFlavor" || condition.reason === "ExceedsMaxQuota"
        ? {}
        : { grace: QUEUE_GRACE }),
    };
  const detail = message === "" ? condition.reason : message;
  return { class: "waits", reason: reason("QueueWaits", { queue, detail }) };
}

interface Hopeless {
  readonly reason: Reason;
  /** Whether every flavor that the queue could use is one of those that can never take the Workload. */
  isCertain(groups: readonly (readonly string[])[]): boolean;
}

/** `undefined` when the message names no flavor that can never take the Workload. */
function neverFits(queue: string, message: string): Hopeless | undefined {
  const { findings, unavailable } = readFlavorMessage(message);
  if (unavailable.length > 0) {
    const detail = message.replace(/^couldn't assign flavors to pod set \S+: /, "");
    return { reason: reason("QueueRefused", { queue, detail }), isCertain: () => true };
  }
  const never = findings.filter((one) => one.kind !== "busy");
  if (never.length === 0) return undefined;
  const flavors = new Set(never.map((one) => one.flavor));
  const large = never.flatMap((one) => (one.kind === "tooSmall" ? [one] : []));
  const have = large.map((one) => `${one.maximum} ${one.resource} (${one.flavor})`).join(", ");
  const need = [...new Set(large.map((one) => `${one.asked} ${one.resource}`))].join(", ");
  const detail = never.flatMap((one) => (one.kind === "unsuitable" ? [one.words] : [])).join(", ");
  return {
    reason:
      large.length > 0 ? reason("QueueTooSmall", { queue, need, have }) : reason("QueueNoFlavor", { queue, detail }),
    isCertain: (groups) => groups.some((group) => group.length > 0 && group.every((flavor) => flavors.has(flavor))),
  };
}

/** Whether Kueue may admit fewer pods than asked for (partial admission): then the numbers of its message may shrink. */
function isElastic(workload: JsonObject): boolean {
  return listAt(workload, "spec", "podSets").some((one) => dig(one, "minCount") !== undefined);
}

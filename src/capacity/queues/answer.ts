// The answer of a queue in front of the scheduler (Kueue, Volcano) about a job, reduced to a few classes.
import type { JsonObject } from "../../model/data/json.ts";
import type { Reason } from "../../model/reasons/reason.ts";
import { listAt, textAt } from "../kubernetes/optionalFields.ts";

/**
 * evicted: it was admitted, lost its place and waits again · expired: it waited too often or too long · failed: it ran
 * too long
 */
export type QueueClass = "waits" | "rejected" | "evicted" | "expired" | "failed";

export interface QueueAnswer {
  readonly class: QueueClass;
  readonly reason: Reason;
  /** Milliseconds for which the answer must last before it is final: a missing object may be created a moment later. */
  readonly grace?: number;
  /** Milliseconds after which the answer may be another one although nothing changed on the cluster. */
  readonly again?: number;
}

/** Milliseconds after which a queue that is missing or closed is not a matter of moments any more. */
export const QUEUE_GRACE = 15_000;

/** Milliseconds after which an answer is final that rests on an object of the queue which kubemin may not read. */
export const UNREAD_GRACE = 60_000;

/** The last two conditions of the queue's object, as its controller wrote them. */
export function lastConditions(object: JsonObject): readonly string[] {
  return listAt(object, "status", "conditions")
    .slice(-2)
    .map((one) => {
      const [type, status, why, message] = ["type", "status", "reason", "message"].map((field) => textAt(one, field));
      return `${type}=${status} ${why}: ${message}`;
    });
}

// What a queue in front of the scheduler (Kueue, Volcano) says of a job, in our few words.
import type { JsonObject } from "../../model/json.ts";
import { QUEUE_LABEL } from "../../model/podGroups.ts";
import type { Reason } from "../../model/reason.ts";
import { objectAt, textAt } from "../fields.ts";

/** interrupted: it ran or was let in, and lost its place; it goes back to waiting · failed: it ran too long */
export type QueueClass =
  | "waits"
  | "rejected"
  | "interrupted"
  | "expired"
  | "failed"
  | "running"
  | "succeeded"
  | "unknown";

export interface QueueAnswer {
  readonly class: QueueClass;
  readonly reason: Reason;
  /** Not final before it has lasted so many milliseconds: what is missing may be made a moment later. */
  readonly grace?: number;
}

const VOLCANO = "volcano";

/** Which queue decides when the pods of a Job, or a pod, may be placed; undefined: none. */
export function queueOf(object: JsonObject): "kueue" | "volcano" | undefined {
  if (textAt(object, "metadata", "labels", QUEUE_LABEL) !== "") return "kueue";
  const spec = objectAt(object, "spec", "template", "spec") ?? objectAt(object, "spec");
  return textAt(spec, "schedulerName") === VOLCANO ? "volcano" : undefined;
}

// The queues of Kueue: whether a LocalQueue and its ClusterQueue exist and admit, and which flavors they have.
import { isObject, type JsonObject } from "../../model/data/json.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { listAt, textAt } from "../kubernetes/optionalFields.ts";

/** `null` when the object does not exist, `undefined` when it is not known. */
type Known = JsonObject | null | undefined;

export interface KueueObjects {
  readonly localQueue: Known;
  readonly clusterQueue: Known;
}

/** Why the queue admits nothing at all, or `undefined` when it may admit. */
export function queueTrouble(name: string, { localQueue, clusterQueue }: KueueObjects): Reason | undefined {
  if (localQueue === null) return reason("QueueMissing", { queue: `LocalQueue/${name}` });
  const inner = `ClusterQueue/${textAt(localQueue, "spec", "clusterQueue")}`;
  if (clusterQueue === null) return reason("QueueMissing", { queue: inner });
  const outer = `LocalQueue/${name}`;
  // A LocalQueue is inactive as long as its ClusterQueue is, so the ClusterQueue is the cause.
  return (
    held(outer, localQueue) ?? held(inner, clusterQueue) ?? inactive(inner, clusterQueue) ?? inactive(outer, localQueue)
  );
}

function held(queue: string, object: JsonObject | undefined): Reason | undefined {
  const policy = textAt(object, "spec", "stopPolicy");
  if (policy !== "Hold" && policy !== "HoldAndDrain") return undefined;
  return reason("QueueClosed", { queue, detail: "QueueHeld", policy });
}

function inactive(queue: string, object: JsonObject | undefined): Reason | undefined {
  const condition = listAt(object, "status", "conditions").find((one) => textAt(one, "type") === "Active");
  if (condition === undefined || textAt(condition, "status") !== "False") return undefined;
  return reason("QueueClosed", { queue, detail: textAt(condition, "message") || textAt(condition, "reason") });
}

/** The flavors of each resource group; `undefined` when the ClusterQueue is not known. */
export function flavorGroups({ clusterQueue }: KueueObjects): readonly (readonly string[])[] | undefined {
  if (!isObject(clusterQueue)) return undefined;
  return listAt(clusterQueue, "spec", "resourceGroups").map((group) =>
    listAt(group, "flavors").map((flavor) => textAt(flavor, "name")),
  );
}

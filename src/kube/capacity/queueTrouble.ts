// Whether the queue that an object names (Kueue, Volcano) exists, is open and is large enough, asked before the object
// is created. Best effort: a queue that cannot be read, or whose kind the cluster does not serve, has no trouble.

import { addTo } from "../../capacity/kubernetes/amounts.ts";
import { podRequests } from "../../capacity/kubernetes/podRequests.ts";
import { queueTrouble as kueueTrouble } from "../../capacity/queues/kueueQueue.ts";
import { volcanoTrouble } from "../../capacity/queues/volcano.ts";
import { labelsAt, objectAt, textAt } from "../../model/data/fieldReaders.ts";
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";
import { podGroupOf, QUEUE_LABEL, queueOf } from "../../model/kubernetes/podGroups.ts";
import type { Reason } from "../../model/reasons/reason.ts";
import type { Discovery } from "../reach/discovery.ts";

interface QueueReading {
  readonly discovery: Discovery;
  readonly read: (ref: ObjectRef, signal: AbortSignal) => Promise<Manifest | null>;
}

const QUEUE_OF_VOLCANO = "scheduling.volcano.sh/queue-name";

/** `undefined` when the object names no queue, or when nothing is known against its queue. */
export async function queueTroubleOf(
  { discovery, read }: QueueReading,
  object: Manifest,
  signal: AbortSignal,
): Promise<Reason | undefined> {
  const reading = async (group: string, kind: string, namespace: string, name: string) => {
    const served = await discovery.findInGroup(`${group}/v1beta1`, kind, signal);
    return served === undefined ? undefined : read({ apiVersion: served.apiVersion, kind, namespace, name }, signal);
  };
  if (queueOf(object) === "kueue") {
    const name = labelsAt(object, "metadata", "labels")[QUEUE_LABEL] ?? "";
    const localQueue = await reading("kueue.x-k8s.io", "LocalQueue", object.metadata.namespace ?? "", name);
    const inner = textAt(localQueue, "spec", "clusterQueue");
    const clusterQueue = inner === "" ? undefined : await reading("kueue.x-k8s.io", "ClusterQueue", "", inner);
    return kueueTrouble(name, { localQueue, clusterQueue });
  }
  const group = podGroupOf(object);
  if (queueOf(object) !== "volcano" || group === undefined) return undefined;
  const annotations = { ...object.metadata.annotations, ...group.pod.metadata.annotations };
  const name = annotations[QUEUE_OF_VOLCANO] ?? "default";
  const asked = new Map<string, number>();
  addTo(asked, podRequests(objectAt(group.pod, "spec")), group.count);
  return volcanoTrouble(name, await reading("scheduling.volcano.sh", "Queue", "", name), asked)?.reason;
}

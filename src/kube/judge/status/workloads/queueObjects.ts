// What surrounds a Job in a queue: the queue's own objects, and the other jobs that wait in the same queue. The objects
// are read on demand (`RuleView.other`), in the version in which the object of the Job is served.
import type { KueueObjects } from "../../../../capacity/queues/kueueQueue.ts";
import { isWorkloadWaiting } from "../../../../capacity/queues/place.ts";
import { queueOfGroup, type VolcanoObjects } from "../../../../capacity/queues/volcano.ts";
import { textAt, timeAt } from "../../../../model/data/fieldReaders.ts";
import type { Manifest } from "../../../../model/kubernetes/manifest.ts";
import { uidOf } from "../../../objects/statusConditions.ts";
import type { RuleView } from "../../ruleView.ts";

export function kueueObjects(workload: Manifest, view: RuleView): KueueObjects {
  const localQueue = localQueueOf(workload, view);
  const name = textAt(localQueue, "spec", "clusterQueue");
  const { apiVersion } = workload;
  const clusterQueue = name === "" ? undefined : view.other({ apiVersion, kind: "ClusterQueue", namespace: "", name });
  return { localQueue, clusterQueue };
}

function localQueueOf({ apiVersion, metadata, spec }: Manifest, view: RuleView): Manifest | null | undefined {
  const [name, namespace = ""] = [textAt(spec, "queueName"), metadata.namespace];
  return name === "" ? undefined : view.other({ apiVersion, kind: "LocalQueue", namespace, name });
}

/** All Workloads that wait in the same ClusterQueue; `undefined` when the ClusterQueue is not known. */
export function workloadPlace(workload: Manifest, view: RuleView): readonly Manifest[] | undefined {
  const queueOf = (one: Manifest): string => textAt(localQueueOf(one, view), "spec", "clusterQueue");
  const mine = queueOf(workload);
  if (mine === "") return undefined;
  return view.everywhere("Workload").filter((one) => isWorkloadWaiting(one) && queueOf(one) === mine);
}

export function volcanoObjects(group: Manifest, view: RuleView): VolcanoObjects {
  const [{ apiVersion }, name] = [group, queueOfGroup(group)];
  const created = timeAt(group, "metadata", "creationTimestamp");
  return {
    queue: view.other({ apiVersion, kind: "Queue", namespace: "", name }),
    events: view.events(uidOf(group)).map(({ message }) => message),
    age: created === undefined ? 0 : view.now - created,
  };
}

/** All PodGroups that wait in the same Queue; `undefined` when priorities decide, which are not read. */
export function groupPlace(group: Manifest, view: RuleView): readonly Manifest[] | undefined {
  const waiting = view
    .everywhere("PodGroup")
    .filter((one) => queueOfGroup(one) === queueOfGroup(group) && isGroupWaiting(one));
  return waiting.some(({ spec }) => textAt(spec, "priorityClassName") !== "") ? undefined : waiting;
}

const isGroupWaiting = (group: Manifest): boolean =>
  ["", "Pending", "Inqueue"].includes(textAt(group, "status", "phase"));

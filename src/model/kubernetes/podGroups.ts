// The pods that an object of Kubernetes will create: their shape, and how many run at the same time. Requests for
// capacity use them. Pods of a DaemonSet are left out: their number follows the nodes, and kubemin does not wait for
// room for them.

import { labelsAt, objectAt, optionalNumberAt, textAt } from "../data/fieldReaders.ts";
import type { JsonObject } from "../data/json.ts";
import type { PodGroup } from "./capacity.ts";
import type { Manifest } from "./manifest.ts";

type Rule = (manifest: Manifest) => { readonly template: JsonObject; readonly count: number };

const replicated: Rule = (manifest) => ({
  template: objectAt(manifest, "spec", "template"),
  count: optionalNumberAt(manifest, "spec", "replicas") ?? 1,
});

const MAKERS: Readonly<Record<string, Rule>> = {
  Deployment: replicated,
  StatefulSet: replicated,
  ReplicaSet: replicated,
  Job: (manifest) => ({
    template: objectAt(manifest, "spec", "template"),
    count: Math.min(
      optionalNumberAt(manifest, "spec", "parallelism") ?? 1,
      optionalNumberAt(manifest, "spec", "completions") ?? Number.POSITIVE_INFINITY,
    ),
  }),
  CronJob: (manifest) => ({
    template: objectAt(manifest, "spec", "jobTemplate", "spec", "template"),
    count: optionalNumberAt(manifest, "spec", "jobTemplate", "spec", "parallelism") ?? 1,
  }),
};

/** Kueue reads this label on the object that creates the pods. */
export const QUEUE_LABEL = "kueue.x-k8s.io/queue-name";

/** With it, Kueue may start a Job with fewer pods. */
const LEAST_PODS = "kueue.x-k8s.io/job-min-parallelism";

/**
 * The queue that decides when all pods of a Job, or a single pod, may be placed together. Undefined when there is none.
 */
export function queueOf(object: JsonObject): "kueue" | "volcano" | undefined {
  if (textAt(object, "metadata", "labels", QUEUE_LABEL) !== "") return "kueue";
  const template = objectAt(object, "spec", "template", "spec");
  const spec = Object.keys(template).length > 0 ? template : objectAt(object, "spec");
  return textAt(spec, "schedulerName") === "volcano" ? "volcano" : undefined;
}

/** The pods of an object; the pod has the name of the object. Undefined when it creates none that kubemin waits for. */
export function podGroupOf(manifest: Manifest): PodGroup | undefined {
  if (manifest.kind === "Pod") return { pod: manifest, count: 1 };
  const made = MAKERS[manifest.kind]?.(manifest);
  if (made === undefined || made.count < 1) return undefined;
  const { template, count } = made;
  const { name, namespace = "" } = manifest.metadata;
  const queue = labelsAt(manifest, "metadata", "labels")[QUEUE_LABEL];
  const labels = {
    ...labelsAt(template, "metadata", "labels"),
    ...(queue === undefined ? {} : { [QUEUE_LABEL]: queue }),
  };
  const annotations = labelsAt(template, "metadata", "annotations");
  const pod: Manifest = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels, annotations },
    spec: objectAt(template, "spec"),
  };
  const least = Number(labelsAt(manifest, "metadata", "annotations")[LEAST_PODS] ?? Number.NaN);
  return { pod, count, maker: manifest, ...(least >= 1 && least < count ? { least } : {}) };
}

/** The pods of an object as a list for a request for room. Empty when it creates none that kubemin waits for. */
export function podGroupsOf(manifest: Manifest): readonly PodGroup[] {
  const group = podGroupOf(manifest);
  return group === undefined ? [] : [group];
}

// The pods that an object of Kubernetes will make, as they are asked about: their shape, and how many run side by side.
// Not those of a DaemonSet: they follow the nodes, and nobody waits for room for them.

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

/** Kueue reads it on the object that makes the pods. */
const QUEUE_LABEL = "kueue.x-k8s.io/queue-name";

/** Which queue decides when the pods of a Job, or a pod, may be placed, all of them at once; undefined: none. */
export function queueOf(object: JsonObject): "kueue" | "volcano" | undefined {
  if (textAt(object, "metadata", "labels", QUEUE_LABEL) !== "") return "kueue";
  const template = objectAt(object, "spec", "template", "spec");
  const spec = Object.keys(template).length > 0 ? template : objectAt(object, "spec");
  return textAt(spec, "schedulerName") === "volcano" ? "volcano" : undefined;
}

/** Undefined: it makes no pods, or none that are waited for. The pod carries the object's name. */
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
  return { pod, count };
}

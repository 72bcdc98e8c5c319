// A gang: several pods of one Job that work in parallel. Each has an index, and a name by which the others find it. All
// of them start or none does, as far as that can be known beforehand (capacity/fit/gang.ts): the default scheduler
// places pod by pod, and only Volcano and Kueue decide about all pods at once.
import { textAt } from "../../../model/data/fieldReaders.ts";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";

export interface Gang {
  readonly pods: number;
  /** The name of the Service, in the same namespace, that gives the pods their names. */
  readonly service: string;
}

/** Fields of the Job's spec; none for a single pod. */
export function jobFieldsOf({ pods }: Pick<Gang, "pods">): JsonObject {
  return pods > 1 ? { completionMode: "Indexed", completions: pods, parallelism: pods } : {};
}

/** Annotations of the Job: how many pods Volcano must be able to place before it places the first. */
export function gangAnnotations({ pods }: Pick<Gang, "pods">, template: JsonObject): Readonly<Record<string, string>> {
  const isVolcano = textAt(template, "spec", "schedulerName") === "volcano";
  return pods > 1 && isVolcano ? { "scheduling.volcano.sh/group-min-member": String(pods) } : {};
}

/** Variables of the pods. `JOB_COMPLETION_INDEX` is set by Kubernetes itself. */
export function gangEnv({ pods, service }: Gang): readonly JsonObject[] {
  if (pods <= 1) return [];
  const job = { fieldRef: { apiVersion: "v1", fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } };
  return [
    { name: "KUBEMIN_JOB", valueFrom: job },
    { name: "KUBEMIN_PODS", value: String(pods) },
    { name: "KUBEMIN_FIRST", value: `$(KUBEMIN_JOB)-0.${service}` },
  ];
}

/**
 * A headless Service without ports. Pods that are not ready get names too, because the pods must find each other to
 * become ready.
 */
export function gangService(name: string, selector: JsonObject): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { type: "ClusterIP", clusterIP: "None", publishNotReadyAddresses: true, selector },
  };
}

// Several pods of one Job that work side by side: each has an index and a name by which the others find it. All of them start or none does,
// as far as that can be seen beforehand (catalog/room): the plain scheduler places pod by pod, only Volcano and Kueue decide about all at once.
import { textAt } from "../../../model/data/fieldReaders.ts";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";

export interface Gang {
  readonly pods: number;
  /** The Service that gives them names; of the same namespace. */
  readonly service: string;
}

/** Of the Job's spec. Nothing for a single pod. */
export function jobFieldsOf({ pods }: Pick<Gang, "pods">): JsonObject {
  return pods > 1 ? { completionMode: "Indexed", completions: pods, parallelism: pods } : {};
}

/** Of the Job: how many pods Volcano has to find a place for before it places one. */
export function gangAnnotations({ pods }: Pick<Gang, "pods">, template: JsonObject): Readonly<Record<string, string>> {
  const isVolcano = textAt(template, "spec", "schedulerName") === "volcano";
  return pods > 1 && isVolcano ? { "scheduling.volcano.sh/group-min-member": String(pods) } : {};
}

/** `JOB_COMPLETION_INDEX` is set by Kubernetes itself. */
export function gangEnv({ pods, service }: Gang): readonly JsonObject[] {
  if (pods <= 1) return [];
  const job = { fieldRef: { apiVersion: "v1", fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } };
  return [
    { name: "KUBEMIN_JOB", valueFrom: job },
    { name: "KUBEMIN_PODS", value: String(pods) },
    { name: "KUBEMIN_FIRST", value: `$(KUBEMIN_JOB)-0.${service}` },
  ];
}

/** No port and no address of its own: only names, also of pods that are not ready, because they must meet to become ready. */
export function gangService(name: string, selector: JsonObject): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { type: "ClusterIP", clusterIP: "None", publishNotReadyAddresses: true, selector },
  };
}

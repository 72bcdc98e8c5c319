// The Pod object that a controller of Kubernetes would create for a pod of the sandbox. The capacity checks read it; no
// reader of the sandbox gets it, because pods are not objects of their own there.
import { labelsAt, objectAt, textAt } from "../../model/data/fieldReaders.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { groupKind } from "../objects/kinds.ts";
import type { SandboxPod, StoredObject } from "../objects/sandboxObjects.ts";
import { templateOf } from "../objects/workloadTemplate.ts";
import { admittedPod } from "./hami.ts";

export function podManifest({ manifest }: StoredObject, pod: SandboxPod): Manifest {
  const template = templateOf(manifest);
  const { name, namespace = "" } = manifest.metadata;
  const labels = {
    ...labelsAt(template, "metadata", "labels"),
    ...(groupKind(manifest) === "batch/Job" ? { "batch.kubernetes.io/job-name": name } : {}),
  };
  const annotations = { ...labelsAt(template, "metadata", "annotations"), ...pod.annotations };
  const spec = objectAt(template, "spec");
  return admittedPod({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: pod.name, namespace, labels, annotations },
    spec: pod.node === undefined ? spec : { ...spec, nodeName: pod.node },
  });
}

/** The key under which a capacity view stores a pod. */
export function podKey(object: StoredObject, pod: SandboxPod): string {
  return `${textAt(object.manifest, "metadata", "namespace")}/${pod.name}`;
}

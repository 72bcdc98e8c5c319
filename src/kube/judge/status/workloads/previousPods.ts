// The pods of the previous version that still run during a roll-out. They may be the only ones that answer requests, so
// the status shows them next to the number of new pods.
import { labelsAt, numberAt, textAt } from "../../../../model/data/fieldReaders.ts";
import type { Before } from "../../../../model/kubernetes/health.ts";
import { ANNOTATIONS, type Manifest } from "../../../../model/kubernetes/manifest.ts";
import { isPodReady } from "../../failures/pod.ts";
import type { RuleView } from "../../ruleView.ts";

const HASH = "controller-revision-hash";
type Fact = { readonly before?: Before };

/** For a Deployment. Its controller copies kubemin's revision annotation to the ReplicaSet, which keeps it. */
export function setsBefore(newest: Manifest | undefined, sets: readonly Manifest[]): Fact {
  if (newest === undefined) return {};
  const ready = (set: Manifest): number => numberAt(set, "status", "readyReplicas");
  const [first] = sets
    .filter((set) => set !== newest && numberAt(set, "status", "replicas") > 0)
    .sort((a, b) => ready(b) - ready(a));
  if (first === undefined) return {};
  return { before: { ready: ready(first), pods: numberAt(first, "status", "replicas"), ...revisionOf(first) } };
}

/**
 * For a StatefulSet or DaemonSet. `isNew` says whether a pod is of the new version, and the ControllerRevision of an
 * old pod contains its revision.
 */
export function podsBefore(
  pods: readonly Manifest[],
  view: RuleView,
  by: { readonly isNew: (pod: Manifest) => boolean; readonly history: (hash: string) => string },
): Fact {
  const old = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && !by.isNew(pod));
  const [one] = [...old].sort((a, b) => Number(isPodReady(b)) - Number(isPodReady(a)));
  if (one === undefined) return {};
  const history = view.other({
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    namespace: one.metadata.namespace ?? "",
    name: by.history(hashOf(one)),
  });
  const revision = history === null || history === undefined ? {} : revisionOf(history);
  return { before: { ready: old.filter(isPodReady).length, pods: old.length, ...revision } };
}

export function hashOf(pod: Manifest): string {
  return labelsAt(pod, "metadata", "labels")[HASH] ?? "";
}

/**
 * Compares the template generation of the DaemonSet, which the API server keeps for old clients, with the one that its
 * controller sets on every pod.
 */
export function hasGeneration(daemonSet: Manifest): (pod: Manifest) => boolean {
  const wanted = textAt(daemonSet, "metadata", "annotations", "deprecated.daemonset.template.generation");
  return (pod) => wanted === "" || textAt(pod, "metadata", "labels", "pod-template-generation") === wanted;
}

function revisionOf(object: Manifest): { readonly revision?: number } {
  const revision = Number(labelsAt(object, "metadata", "annotations")[ANNOTATIONS.revision] ?? 0);
  return revision > 0 ? { revision } : {};
}

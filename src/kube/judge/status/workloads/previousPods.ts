// What still runs of the version before while a new one comes: it may be all that answers requests, so a count of the new pods alone would lie.
import { labelsAt, numberAt, textAt } from "../../../../model/data/fieldReaders.ts";
import type { Before } from "../../../../model/kubernetes/health.ts";
import { ANNOTATIONS, type Manifest } from "../../../../model/kubernetes/manifest.ts";
import { isPodReady } from "../../failures/pod.ts";
import type { View } from "../../ruleView.ts";

const HASH = "controller-revision-hash";
type Fact = { readonly before?: Before };

/** Of a Deployment. Its controller copies our annotation to the ReplicaSet, and leaves it there when the next one comes. */
export function setsBefore(newest: Manifest | undefined, sets: readonly Manifest[]): Fact {
  if (newest === undefined) return {};
  const ready = (set: Manifest): number => numberAt(set, "status", "readyReplicas");
  const [first] = sets
    .filter((set) => set !== newest && numberAt(set, "status", "replicas") > 0)
    .sort((a, b) => ready(b) - ready(a));
  if (first === undefined) return {};
  return { before: { ready: ready(first), pods: numberAt(first, "status", "replicas"), ...revisionOf(first) } };
}

/** Of a StatefulSet or DaemonSet: `isNew` tells the pods apart, and the ControllerRevision of an old one says which version it is. */
export function podsBefore(
  pods: readonly Manifest[],
  view: View,
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

/** The template's number, which the API server keeps for clients older than ControllerRevisions, and the controller puts on every pod. */
export function hasGeneration(daemonSet: Manifest): (pod: Manifest) => boolean {
  const wanted = textAt(daemonSet, "metadata", "annotations", "deprecated.daemonset.template.generation");
  return (pod) => wanted === "" || textAt(pod, "metadata", "labels", "pod-template-generation") === wanted;
}

function revisionOf(object: Manifest): { readonly revision?: number } {
  const revision = Number(labelsAt(object, "metadata", "annotations")[ANNOTATIONS.revision] ?? 0);
  return revision > 0 ? { revision } : {};
}

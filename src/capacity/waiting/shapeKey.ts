// A key that is equal for requests of the same project whose pods differ only in what names their run.
import type { CapacityRequest, PodGroup } from "../../model/kubernetes/capacity.ts";
import { JOB_LABELS } from "../../model/kubernetes/jobLabels.ts";
import { labelsAt, listAt, objectAt } from "../kubernetes/optionalFields.ts";
import type { PodFacts } from "../view/podFacts.ts";

/** Labels with a value of their own for each run. Rules between pods of the request itself may use them. */
const OF_ONE_RUN: ReadonlySet<string> = new Set([JOB_LABELS.run, JOB_LABELS.job]);

export function shapeKey({ groups, project }: CapacityRequest, facts: readonly PodFacts[]): string {
  return JSON.stringify([project, groups.map(groupKey), facts]);
}

function groupKey({ pod, count }: PodGroup): unknown {
  const spec = objectAt(pod, "spec") ?? {};
  const ruled = spec["affinity"] !== undefined || listAt(spec, "topologySpreadConstraints").length > 0;
  const labels = Object.entries(labelsAt(pod, "metadata", "labels")).filter(([key]) => ruled || !OF_ONE_RUN.has(key));
  return [pod.metadata.namespace, spec, count, labels, labelsAt(pod, "metadata", "annotations")];
}

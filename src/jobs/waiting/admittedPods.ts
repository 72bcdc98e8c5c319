// Asks the cluster, by dry runs, which pods it would really create: webhooks and defaults change their scheduler,
// tolerations and requests, and a queue may suspend their Job. Nothing is created.
// The pod of the dry run has another name than its Job, because a pod of that name may exist. It has no owner: a webhook
// that looks up the owner would not find it.

import { isObject, type Json } from "../../model/data/json.ts";
import type { PodGroup } from "../../model/kubernetes/capacity.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { podGroupOf, QUEUE_LABEL } from "../../model/kubernetes/podGroups.ts";
import type { Refusal } from "../../model/kubernetes/refusal.ts";
import type { Reason } from "../../model/reasons/reason.ts";
import type { ApplyOptions, Cluster } from "../../ports/cluster.ts";

/**
 * `groups`: the pods as the cluster would have them. Groups that the cluster cannot try out stay as planned, and groups
 * whose pods another cluster runs are left out.
 */
export type TriedPods = { readonly groups: readonly PodGroup[] } | { readonly refused: Refusal };

type Trying = Pick<Cluster, "dryRun">;

export async function tryPods(cluster: Trying, groups: readonly PodGroup[], options: ApplyOptions): Promise<TriedPods> {
  const admitted: PodGroup[] = [];
  for (const group of groups) {
    const tried = await tryGroup(cluster, group, options);
    if ("refused" in tried) return tried;
    admitted.push(...tried.groups);
  }
  return { groups: admitted };
}

async function tryGroup(cluster: Trying, { maker, ...planned }: PodGroup, options: ApplyOptions): Promise<TriedPods> {
  const created = maker?.kind === "Job" ? await cluster.dryRun(maker, options) : undefined;
  if (created !== undefined && "refused" in created && DENIALS.has(created.refused.reason.code))
    return { refused: created.refused };
  const job = created !== undefined && "admitted" in created ? created.admitted : undefined;
  if (job !== undefined && runsElsewhere(job)) return { groups: [] };
  const ofJob = job === undefined ? undefined : podGroupOf(job);
  // The webhooks of the cluster may have changed the template.
  const pod = ofJob?.pod ?? planned.pod;
  const group: PodGroup = { ...planned, pod, ...(job !== undefined && isSuspended(job) ? { held: true } : {}) };
  const tried = await cluster.dryRun(trialOf(pod, job ?? maker), options);
  if ("refused" in tried) return isUntried(tried.refused.reason) ? { groups: [group] } : tried;
  return { groups: [{ ...group, pod: withChanges(pod, tried.admitted), admitted: true }] };
}

/** Refusals of a Job by the rules of the cluster. Everything else is left to the apply, which reports it better. */
const DENIALS: ReadonlySet<Reason["code"]> = new Set<Reason["code"]>([
  "PolicyDenied",
  "QuotaExceeded",
  "QuotaUnspecified",
  "WebhookDown",
]);

function isSuspended(job: Manifest): boolean {
  return specOf(job)["suspend"] === true;
}

/** Kueue names its controller here when another cluster runs the Job (MultiKueue). */
function runsElsewhere(job: Manifest): boolean {
  const by = specOf(job)["managedBy"];
  return typeof by === "string" && by !== "kubernetes.io/job-controller";
}

function specOf(object: Manifest): Readonly<Record<string, Json | undefined>> {
  const { spec } = object;
  return isObject(spec) ? spec : {};
}

const LONGEST_NAME = 57;

/** The pod as a controller would create it: the label of a queue is only on it when its template has that label. */
function trialOf(pod: Manifest, maker: Manifest | undefined): Manifest {
  const { [QUEUE_LABEL]: queue, ...labels } = pod.metadata.labels ?? {};
  const onMaker = maker?.metadata.labels?.[QUEUE_LABEL] !== undefined;
  const kept = onMaker || queue === undefined ? labels : { ...labels, [QUEUE_LABEL]: queue };
  const name = `${pod.metadata.name.slice(0, LONGEST_NAME)}-trial`;
  return { ...pod, metadata: { ...pod.metadata, name, labels: kept } };
}

/** The planned pod with its own name and what the cluster made of the rest. */
function withChanges(planned: Manifest, { spec, metadata }: Manifest): Manifest {
  const queue = planned.metadata.labels?.[QUEUE_LABEL];
  const labels = { ...metadata.labels, ...(queue === undefined ? {} : { [QUEUE_LABEL]: queue }) };
  const { annotations = {} } = metadata;
  return {
    ...planned,
    metadata: { ...planned.metadata, labels, annotations },
    ...(spec === undefined ? {} : { spec }),
  };
}

/**
 * kubemin needs no right to create pods, because the controllers of the cluster create them. Without that right a dry
 * run is refused, and so it is by a webhook that has side effects. Both say nothing about the pod.
 */
function isUntried({ code, params }: Reason): boolean {
  return (
    code === "NoDryRun" || (code === "NotAllowed" && /cannot \w+ resource "pods"/.test(String(params["detail"] ?? "")))
  );
}

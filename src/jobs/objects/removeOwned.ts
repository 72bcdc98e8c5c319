// Removes objects that the application owns, by uid, and deletes them from its inventory. Objects that are marked
// `keep` (they contain data) stay, except volumes that the caller asks to remove.

import type { JobRun } from "../../catalog/job.ts";
import { isVolume, LABELS, shortRef } from "../../model/kubernetes/manifest.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { OwnedObject } from "../../model/run/revision.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { withRetries } from "../waiting/retryCluster.ts";

/** Objects that carry traffic are removed first, then running programs, then everything else. */
const FIRST = [
  "VirtualService",
  "HorizontalPodAutoscaler",
  "HTTPRoute",
  "Ingress",
  "Service",
  "CronJob",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "Job",
];
/**
 * Objects that other objects read or live in are removed last, and a CustomResourceDefinition after the objects of its
 * kind.
 */
const LAST = [
  "RoleBinding",
  "Role",
  "ClusterRoleBinding",
  "ClusterRole",
  "ServiceAccount",
  "ConfigMap",
  "Secret",
  "CustomResourceDefinition",
  "Namespace",
];

function rank({ kind, apiVersion }: OwnedObject): number {
  if (LAST.includes(kind)) return FIRST.length + 1 + LAST.indexOf(kind);
  if (FIRST.includes(kind)) return FIRST.indexOf(kind);
  return isCustom(apiVersion) ? FIRST.indexOf("CronJob") - 0.5 : FIRST.length;
}

/**
 * A custom resource is removed while its controller still runs, because the controller has to clean up. API groups of
 * Kubernetes itself have no dot or end in `k8s.io`.
 */
function isCustom(apiVersion: string): boolean {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return group.includes(".") && !group.endsWith("k8s.io");
}

interface RemovedObjects {
  readonly removed: number;
  readonly kept: readonly string[];
}

export async function removeObjects(
  job: JobRun<unknown>,
  objects: readonly OwnedObject[],
  volumes: boolean,
): Promise<RemovedObjects> {
  const sorted = [...objects].sort((a, b) => rank(a) - rank(b));
  const isKept = (object: OwnedObject): boolean => object.keep && !(volumes && isVolume(object));
  const toRemove = sorted.filter((object) => !isKept(object));
  let outOfReach: ClusterError | undefined;
  for (const object of toRemove) {
    job.signal.throwIfAborted();
    job.report(reason("Removing", { object: shortRef(object) }));
    const why = await removeOne(job, object);
    outOfReach ??= why;
  }
  // An object whose kind the cluster no longer serves stays in the inventory. The others are removed before the error
  // is thrown.
  if (outOfReach !== undefined) throw outOfReach;
  const kept = sorted.filter(isKept);
  return { removed: toRemove.length, kept: kept.map(shortRef) };
}

async function removeOne(job: JobRun<unknown>, object: OwnedObject): Promise<ClusterError | undefined> {
  try {
    const uid = object.uid ?? (await uidOfIntent(job, object));
    if (uid !== null) await withRetries(job, () => job.cluster.remove(object, { signal: job.signal, uid }));
  } catch (error) {
    if (error instanceof ClusterError && error.reason.code === "KindNotServed" && !error.retryable) return error;
    throw error;
  }
  await job.inventory.forget([object]);
  return undefined;
}

/**
 * The uid of an object that was recorded, but whose creation was not confirmed. `null` when it does not exist, or when
 * its labels do not name this application and project.
 */
async function uidOfIntent(job: JobRun<unknown>, object: OwnedObject): Promise<string | null> {
  const live = await withRetries(job, () => job.cluster.read(object, job.signal));
  const isOwn =
    live?.metadata.labels?.[LABELS.application] === writtenName(object.application) &&
    live.metadata.labels[LABELS.project] === object.project;
  return isOwn ? (live.metadata.uid ?? null) : null;
}

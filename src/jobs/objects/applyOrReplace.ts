// Applies one object. Where Kubernetes refuses to change it in place, the object is removed and created again. A
// StatefulSet is removed without its pods: they keep running, and the new set adopts them. Objects that contain data
// (volumes) are never removed for a change. When the cluster refuses the new object, the previous object is created
// again, so that the user does not lose what was running.

import type { JobRun } from "../../catalog/job.ts";
import { canonicalJson, dig, isObject, type JsonObject } from "../../model/data/json.ts";
import { type Manifest, type Metadata, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { PlannedObject } from "../../model/run/plan.ts";
import { type Applied, type ApplyOptions, ClusterError } from "../../ports/cluster.ts";
import { withRetries } from "../waiting/retryCluster.ts";
import { recordIntent } from "./recordIntent.ts";
import { growVolumes } from "./volumes.ts";

type Propagation = "orphan" | "foreground";

/**
 * How an object that cannot be changed in place is removed, by kind. Kinds that are not in this table are never removed
 * for a change.
 */
const PROPAGATION: Readonly<Record<string, (live: Manifest, wanted: Manifest) => Propagation>> = {
  // With another selector, the new set would not find the old pods.
  StatefulSet: (live, wanted) => (sameSelector(live, wanted) ? "orphan" : "foreground"),
  Deployment: () => "foreground",
  DaemonSet: () => "foreground",
  Service: () => "foreground",
  ConfigMap: () => "foreground",
  Secret: () => "foreground",
  RoleBinding: () => "foreground",
  ClusterRoleBinding: () => "foreground",
};

/**
 * Milliseconds to create the previous object again, also after the job's own deadline. It is shorter than the time that
 * the engine gives a job to return after it was stopped.
 */
const PUT_BACK = 4_000;

export async function applyAndGrow(
  job: JobRun<unknown>,
  object: PlannedObject,
  options: ApplyOptions,
): Promise<Applied> {
  const applied = await applyOrReplace(job, object, options);
  await growVolumes(job, object.manifest);
  return applied;
}

async function applyOrReplace(job: JobRun<unknown>, object: PlannedObject, options: ApplyOptions): Promise<Applied> {
  try {
    return await withRetries(job, () => job.cluster.apply(object.manifest, options));
  } catch (error) {
    const propagation = PROPAGATION[object.manifest.kind];
    if (!(error instanceof ClusterError) || error.reason.code !== "ImmutableField" || propagation === undefined)
      throw error;
    const live = await withRetries(job, () => job.cluster.read(refOf(object.manifest), job.signal));
    if (live === null) return await withRetries(job, () => job.cluster.apply(object.manifest, options));
    return await replace(job, { object, options, live, propagation: propagation(live, object.manifest) });
  }
}

interface Replacing {
  readonly object: PlannedObject;
  readonly options: ApplyOptions;
  readonly live: Manifest;
  readonly propagation: Propagation;
}

async function replace(job: JobRun<unknown>, { object, options, live, propagation }: Replacing): Promise<Applied> {
  const ref = refOf(object.manifest);
  await growVolumes(job, object.manifest, "check");
  job.report(reason("Replacing", { object: shortRef(ref) }));
  // The inventory has no uid for the object from here on: after a crash, its labels show who owns it, not a uid that no
  // longer exists.
  await recordIntent(job, [object]);
  const removal = { signal: job.signal, uid: live.metadata.uid ?? "", orphan: propagation === "orphan" };
  await withRetries(job, () => job.cluster.remove(ref, removal));
  try {
    return await withRetries(job, () => job.cluster.apply(object.manifest, options));
  } catch (error) {
    await putBack(job, live, options);
    throw error;
  }
}

/**
 * Creates the previous object again. An error of the cluster is ignored: the caller reports why the new object was
 * refused.
 */
async function putBack(job: JobRun<unknown>, live: Manifest, options: ApplyOptions): Promise<void> {
  const signal = AbortSignal.timeout(PUT_BACK);
  await job.cluster.apply(before(live), { ...options, signal }).catch((error: unknown) => {
    if (!(error instanceof ClusterError)) throw error;
  });
}

/** The object without the fields that the API server wrote. */
function before(live: Manifest): Manifest {
  const { status: _status, ...rest }: JsonObject = live;
  const { name, namespace, labels, annotations } = live.metadata;
  const metadata: Metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  return { ...rest, apiVersion: live.apiVersion, kind: live.kind, metadata };
}

function sameSelector(live: Manifest, wanted: Manifest): boolean {
  const selector = (one: Manifest): unknown => dig(one, "spec", "selector");
  return isObject(selector(live)) && canonicalJson(selector(live)) === canonicalJson(selector(wanted));
}

// Brings one object to the cluster, also where Kubernetes refuses to change it in place: the object is removed and made anew.
// A StatefulSet is removed around its pods, which go on and are taken over by the new one. Never done to what holds data (volumes).
// When the new one is refused, the one before is put back: no other way leaves the user with less than was there.

import type { JobRun } from "../../catalog/job.ts";
import { canonicalJson, dig, isObject, type JsonObject } from "../../model/data/json.ts";
import { type Manifest, type Metadata, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { PlannedObject } from "../../model/run/plan.ts";
import { type Applied, type ApplyOptions, ClusterError } from "../../ports/cluster.ts";
import { patiently } from "../waiting/retryCluster.ts";
import { intend } from "./recordIntent.ts";
import { growVolumes } from "./volumes.ts";

type Way = "orphan" | "foreground";

/** By kind: how an object that cannot be changed makes way. Kinds that are missing here are never removed for a change. */
const WAYS: Readonly<Record<string, (live: Manifest, wanted: Manifest) => Way>> = {
  // Pods of another selector would never be found again by the new set.
  StatefulSet: (live, wanted) => (sameSelector(live, wanted) ? "orphan" : "foreground"),
  Deployment: () => "foreground",
  DaemonSet: () => "foreground",
  Service: () => "foreground",
  ConfigMap: () => "foreground",
  Secret: () => "foreground",
  RoleBinding: () => "foreground",
  ClusterRoleBinding: () => "foreground",
};

/** Putting back must also work when the job's own time is over; shorter than the moment that a job has to return. */
const PUT_BACK = 4_000;

export async function bring(job: JobRun<unknown>, object: PlannedObject, options: ApplyOptions): Promise<Applied> {
  const applied = await applyOrReplace(job, object, options);
  await growVolumes(job, object.manifest);
  return applied;
}

async function applyOrReplace(job: JobRun<unknown>, object: PlannedObject, options: ApplyOptions): Promise<Applied> {
  try {
    return await patiently(job, () => job.cluster.apply(object.manifest, options));
  } catch (error) {
    const way = WAYS[object.manifest.kind];
    if (!(error instanceof ClusterError) || error.reason.code !== "ImmutableField" || way === undefined) throw error;
    const live = await patiently(job, () => job.cluster.read(refOf(object.manifest), job.signal));
    if (live === null) return await patiently(job, () => job.cluster.apply(object.manifest, options));
    return await replace(job, { object, options, live, way: way(live, object.manifest) });
  }
}

interface Replacing {
  readonly object: PlannedObject;
  readonly options: ApplyOptions;
  readonly live: Manifest;
  readonly way: Way;
}

async function replace(job: JobRun<unknown>, { object, options, live, way }: Replacing): Promise<Applied> {
  const ref = refOf(object.manifest);
  await growVolumes(job, object.manifest, "check");
  job.report(reason("Replacing", { object: shortRef(ref) }));
  // From here on the list says "perhaps made": after a crash, whoever looks goes by the labels and not by a uid that is no more.
  await intend(job, [object]);
  const removal = { signal: job.signal, uid: live.metadata.uid ?? "", orphan: way === "orphan" };
  await patiently(job, () => job.cluster.remove(ref, removal));
  try {
    return await patiently(job, () => job.cluster.apply(object.manifest, options));
  } catch (error) {
    await putBack(job, live, options);
    throw error;
  }
}

/** Never hides the refusal: what is told is why the new one could not be made. */
async function putBack(job: JobRun<unknown>, live: Manifest, options: ApplyOptions): Promise<void> {
  const signal = AbortSignal.timeout(PUT_BACK);
  await job.cluster.apply(before(live), { ...options, signal }).catch((error: unknown) => {
    if (!(error instanceof ClusterError)) throw error;
  });
}

/** As it was, without what the server wrote. */
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

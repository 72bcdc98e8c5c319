// Finds and adopts the Kubernetes Job in which a job type runs its program, and removes what an attempt that ended still
// holds. An object of the same name that does not belong to this application is never changed.

import type { JobRun } from "../../catalog/job.ts";
import { hasFinished } from "../../model/kubernetes/finishedJob.ts";
import { ANNOTATIONS, isVolume, type Manifest, refKey, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { foreignOwner } from "../../model/kubernetes/ownership.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { PlannedObject } from "../../model/run/plan.ts";
import type { OwnedObject } from "../../model/run/revision.ts";
import { type Applied, ClusterError } from "../../ports/cluster.ts";
import { withRetries } from "../waiting/retryCluster.ts";
import { markOf } from "./attemptMark.ts";

/**
 * `null` when there is no such Job. Throws a `ClusterError` with the reason `OwnedByOther` when it belongs to another
 * owner.
 */
export async function findOwn(job: JobRun<unknown>, wanted: Manifest): Promise<Manifest | null> {
  const live = await withRetries(job, () => job.cluster.read(refOf(wanted), job.signal));
  if (live === null) return null;
  const owner = foreignOwner(live, wanted);
  if (owner === undefined) return live;
  throw new ClusterError(reason("OwnedByOther", { object: shortRef(refOf(wanted)), ...owner }), false);
}

/**
 * Continues with the existing Job. Its uid is recorded, because the process that created it may have crashed before it
 * did that.
 */
export async function adoptOwn(job: JobRun<unknown>, object: PlannedObject, live: Manifest): Promise<Applied> {
  const uid = live.metadata.uid ?? "";
  await job.inventory.put([{ object, uid }]);
  return { ref: refOf(object.manifest), uid, generation: live.metadata.generation ?? 1, action: "unchanged" };
}

/**
 * Removes what an attempt that ended still holds: its Job, unless the Job has finished, and then also what the attempt
 * created for the Job. Objects that existed before the attempt stay, and so does data.
 */
export async function releaseOwn(job: JobRun<unknown>): Promise<void> {
  const rows = new Map((await job.inventory.list()).map((row) => [refKey(row), row]));
  const isJob = ({ manifest }: PlannedObject): boolean => manifest.kind === "Job";
  let finished = false;
  for (const object of job.objects.filter(isJob)) {
    const live = await ownOrGone(job, object, rows);
    if (live === null) continue;
    if (hasFinished(live)) finished = true;
    else await removeOwn(job, live, rows);
  }
  if (finished) return;
  for (const object of job.objects.filter((one) => !isJob(one)).reverse()) {
    if (object.keep || isVolume(object.manifest)) continue;
    const live = await ownOrGone(job, object, rows);
    if (live?.metadata.annotations?.[ANNOTATIONS.attempt] === markOf(job)) await removeOwn(job, live, rows);
  }
}

type Rows = ReadonlyMap<string, OwnedObject>;

/**
 * The live object, or `null` when it does not exist or belongs to another owner. An object that does not exist also
 * leaves the inventory, so that its name is free.
 */
async function ownOrGone(job: JobRun<unknown>, { manifest }: PlannedObject, rows: Rows): Promise<Manifest | null> {
  const ref = refOf(manifest);
  const live = await job.cluster.read(ref, job.signal);
  if (live !== null) return foreignOwner(live, manifest) === undefined ? live : null;
  const row = rows.get(refKey(ref));
  if (row !== undefined) await job.inventory.forget([row]);
  return null;
}

async function removeOwn(job: JobRun<unknown>, live: Manifest, rows: Rows): Promise<void> {
  const ref = refOf(live);
  await job.cluster.remove(ref, { signal: job.signal, uid: live.metadata.uid ?? "" });
  const row = rows.get(refKey(ref));
  if (row !== undefined) await job.inventory.forget([row]);
}

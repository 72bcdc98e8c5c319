// Finds, adopts and stops the Kubernetes Job in which a job type runs its program. A Job of the same name that does not
// belong to this application is never changed.

import type { JobRun } from "../../catalog/job.ts";
import { type Manifest, refKey, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { foreignOwner } from "../../model/kubernetes/ownership.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { PlannedObject } from "../../model/run/plan.ts";
import { type Applied, ClusterError } from "../../ports/cluster.ts";
import { uidOfIntent } from "../objects/removeOwned.ts";
import { withRetries } from "../waiting/retryCluster.ts";

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

/** On cancel, also stops Jobs that were recorded but whose creation was not confirmed. */
export async function stopOwn(job: JobRun<unknown>): Promise<void> {
  const mine = new Set(job.objects.map(({ manifest }) => refKey(refOf(manifest))));
  for (const owned of await job.inventory.list()) {
    if (owned.kind !== "Job" || !mine.has(refKey(owned))) continue;
    const uid = owned.uid ?? (await uidOfIntent(job, owned));
    if (uid === null) continue;
    job.report(reason("Removing", { object: shortRef(owned) }));
    await job.cluster.remove(owned, { signal: job.signal, uid });
  }
}

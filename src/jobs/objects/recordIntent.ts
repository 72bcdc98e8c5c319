// Says what is about to be made, so that a crash leaves no object without an owner, and that no two applications make the same one.
// Refuses, in the cluster's words, what another application holds or was about to make first.
import type { JobRun } from "../../catalog/job.ts";
import { shortRef } from "../../model/kubernetes/manifest.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { applicationOwner } from "../../model/kubernetes/ownership.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { PlannedObject } from "../../model/run/plan.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { OwnedByOther } from "../../ports/store.ts";

export async function intend(job: JobRun<unknown>, objects: readonly PlannedObject[]): Promise<void> {
  try {
    await job.inventory.put(objects.map((object) => ({ object, uid: null })));
  } catch (error) {
    if (!(error instanceof OwnedByOther)) throw error;
    const { object, owner: holder } = error;
    const owner = applicationOwner(writtenName(holder.application), holder.project);
    throw new ClusterError(reason("OwnedByOther", { object: shortRef(object), ...owner }), false);
  }
}

// Records objects in the inventory before they are created. So a crash leaves no object without an owner, and two
// applications cannot create the same object. An object that another application owns or has recorded first is refused
// with the reason `OwnedByOther`.
import type { JobRun } from "../../catalog/job.ts";
import { shortRef } from "../../model/kubernetes/manifest.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { applicationOwner } from "../../model/kubernetes/ownership.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { PlannedObject } from "../../model/run/plan.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { OwnedByOther } from "../../ports/store.ts";

export async function recordIntent(job: JobRun<unknown>, objects: readonly PlannedObject[]): Promise<void> {
  try {
    await job.inventory.put(objects.map((object) => ({ object, uid: null })));
  } catch (error) {
    if (!(error instanceof OwnedByOther)) throw error;
    const { object, owner: other } = error;
    const owner = applicationOwner(writtenName(other.application), other.project);
    throw new ClusterError(reason("OwnedByOther", { object: shortRef(object), ...owner }), false);
  }
}

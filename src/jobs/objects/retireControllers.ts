// Removes autoscalers of this component that the new revision no longer has, before its objects are applied. Otherwise
// an old autoscaler would change the number of pods back immediately. All other objects are removed at the end of the
// run (src/jobs/prune.ts).

import type { JobRun } from "../../catalog/job.ts";
import { dig } from "../../model/data/json.ts";
import { refKey, refOf } from "../../model/kubernetes/manifest.ts";
import { removeObjects } from "./removeOwned.ts";

export async function retireAutoscalers(job: JobRun<unknown>): Promise<void> {
  // Only when an object of this job sets the number of pods: another job of the component (its route) must not remove
  // the autoscaler.
  if (!job.objects.some(({ manifest }) => typeof dig(manifest, "spec", "replicas") === "number")) return;
  const present = new Set(job.objects.map(({ manifest }) => refKey(refOf(manifest))));
  const rivals = (await job.inventory.list()).filter(
    (owned) =>
      owned.kind === "HorizontalPodAutoscaler" && owned.component === job.component && !present.has(refKey(owned)),
  );
  if (rivals.length > 0) await removeObjects(job, rivals, false);
}

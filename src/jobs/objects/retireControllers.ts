// Controllers of ours that would fight what is about to be applied, and that the new revision no longer has. Everything else waits for the prune
// at the end; an autoscaler that is still there would set the number of pods back a moment after it was written.

import type { JobRun } from "../../catalog/job.ts";
import { dig } from "../../model/data/json.ts";
import { refKey, refOf } from "../../model/kubernetes/manifest.ts";
import { discard } from "./removeOwned.ts";

export async function retireAutoscalers(job: JobRun<unknown>): Promise<void> {
  // Only where the number of pods is ours to say again: another job of the component (its route) must leave the autoscaler alone.
  if (!job.objects.some(({ manifest }) => typeof dig(manifest, "spec", "replicas") === "number")) return;
  const present = new Set(job.objects.map(({ manifest }) => refKey(refOf(manifest))));
  const rivals = (await job.inventory.list()).filter(
    (owned) =>
      owned.kind === "HorizontalPodAutoscaler" && owned.component === job.component && !present.has(refKey(owned)),
  );
  if (rivals.length > 0) await discard(job, rivals, false);
}

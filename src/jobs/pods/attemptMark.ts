// The mark of an attempt on the objects that it creates for one run of a program. With it, a restarted attempt
// distinguishes its own Job from the Job of an earlier attempt, and an attempt that ended finds what only it created.
import type { JobRun } from "../../catalog/job.ts";
import { ANNOTATIONS, type Manifest, refOf } from "../../model/kubernetes/manifest.ts";
import type { PlannedObject } from "../../model/run/plan.ts";
import { withRetries } from "../waiting/retryCluster.ts";

export function markOf({ run, attempt }: Pick<JobRun<unknown>, "run" | "attempt">): string {
  return `${run}/${attempt}`;
}

export function marked(job: Pick<JobRun<unknown>, "run" | "attempt">, manifest: Manifest): Manifest {
  const annotations = { ...manifest.metadata.annotations, [ANNOTATIONS.attempt]: markOf(job) };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

/**
 * The objects, with the mark on those that do not exist yet. The cluster is asked, because an object in the inventory
 * may have been removed.
 */
export async function markedIfNew(
  job: JobRun<unknown>,
  objects: readonly PlannedObject[],
): Promise<readonly PlannedObject[]> {
  const given: PlannedObject[] = [];
  for (const object of objects) {
    const live = await withRetries(job, () => job.cluster.read(refOf(object.manifest), job.signal));
    given.push(live === null ? { ...object, manifest: marked(job, object.manifest) } : object);
  }
  return given;
}

// The mark of an attempt on the objects that it creates for one run of a program. With it, a restarted attempt
// distinguishes its own Job from the Job of an earlier attempt, and an attempt that ended finds what only it created.
import type { JobRun } from "../../catalog/job.ts";
import { ANNOTATIONS, type Manifest, refKey, refOf } from "../../model/kubernetes/manifest.ts";
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
 * The objects, with the mark on those that do not exist yet. An object whose uid is in the inventory exists; only for
 * the others the cluster is asked.
 */
export async function markedIfNew(
  job: JobRun<unknown>,
  objects: readonly PlannedObject[],
): Promise<readonly PlannedObject[]> {
  const confirmed = new Set((await job.inventory.list()).filter(({ uid }) => uid !== null).map(refKey));
  const given: PlannedObject[] = [];
  for (const object of objects) {
    const ref = refOf(object.manifest);
    const isNew =
      !confirmed.has(refKey(ref)) && (await withRetries(job, () => job.cluster.read(ref, job.signal))) === null;
    given.push(isNew ? { ...object, manifest: marked(job, object.manifest) } : object);
  }
  return given;
}

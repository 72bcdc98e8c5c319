// Kubernetes Jobs among the objects of a component run once: a Job that completed and was removed since then is not
// created again.

import type { JobRun } from "../../catalog/job.ts";
import { finishedContent } from "../../model/kubernetes/finishedJob.ts";
import type { ObjectHealth } from "../../model/kubernetes/health.ts";
import { refKey, refOf } from "../../model/kubernetes/manifest.ts";
import { completionOf } from "../../model/run/completion.ts";
import type { PlannedObject } from "../../model/run/plan.ts";

export async function unfinishedObjects(job: JobRun<unknown>): Promise<readonly PlannedObject[]> {
  const wanted: PlannedObject[] = [];
  for (const object of job.objects) if (!(await isOver(job, object))) wanted.push(object);
  return wanted;
}

async function isOver(job: JobRun<unknown>, { manifest }: PlannedObject): Promise<boolean> {
  const content = finishedContent(manifest);
  if (content === undefined || (await job.completions.get(content)) === null) return false;
  return (await job.cluster.read(refOf(manifest), job.signal)) === null;
}

export async function recordFinished(job: JobRun<unknown>, health: readonly ObjectHealth[]): Promise<void> {
  const complete = new Set(health.filter(({ state }) => state === "ready").map(({ ref }) => refKey(ref)));
  for (const { manifest } of job.objects) {
    const content = finishedContent(manifest);
    if (content === undefined || !complete.has(refKey(refOf(manifest)))) continue;
    if ((await job.completions.get(content)) === null)
      await job.completions.put(content, completionOf({}, job.runNumber));
  }
}

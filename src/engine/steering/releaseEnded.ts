// Removes what a run that has ended still holds on its cluster. Normally nothing is left, because each attempt removes
// its objects before its ending is stored (driving/release.ts). Something is left when a process died at the wrong
// moment, or when the cluster did not answer.
import { unfinishedJobs } from "../../jobs/pods/unfinishedJobs.ts";
import { hasFinished } from "../../model/kubernetes/finishedJob.ts";
import { JOB_LABELS } from "../../model/kubernetes/jobLabels.ts";
import { type Manifest, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import type { Run } from "../../model/run/run.ts";
import type { Cluster } from "../../ports/cluster.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { type ReleaseDependencies, releaseRun } from "../driving/release.ts";

/**
 * The names of the removed objects, such as `Job/train-3ab1f0c2`. `left`: the Jobs of the run that are known not to
 * have finished; default: the cluster is asked. Throws `ClusterError`.
 */
export async function releaseEnded(
  dependencies: ReleaseDependencies,
  { run, cluster, left }: { readonly run: Run; readonly cluster: Cluster; readonly left?: readonly Manifest[] },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const open = left ?? (await unfinishedJobs(cluster, signal, run.namespace)).get(run.id) ?? [];
  // A newer run of the application may follow a Job that this run created: it has the same content.
  const followed = await hasUnfinishedRun(dependencies, run);
  const removed: string[] = [];
  const recording: Cluster = {
    ...cluster,
    remove: async (ref, options) => {
      const gone = await cluster.remove(ref, options);
      if (gone) removed.push(shortRef(ref));
      return gone;
    },
  };
  const jobs = (await dependencies.store.runs.jobs(run.id)).filter((job) => !followed || job.plan.component === null);
  await releaseRun(dependencies, { run, jobs, cluster: recording }, signal);
  for (const job of open) if (!followed || isOfStep(job)) await removeUnlessFinished(recording, job, signal);
  return removed;
}

/** A Job of a registered type has a name of its own in each attempt, so that no other run ever follows it. */
function isOfStep(job: Manifest): boolean {
  return job.metadata.labels?.[JOB_LABELS.type] !== undefined;
}

async function hasUnfinishedRun({ store }: Dependencies<"store">, { project, application, id }: Run): Promise<boolean> {
  if (application === null) return false;
  const { items } = await store.runs.list({ project, application, phase: "running" }, { limit: 1 });
  return items.some((one) => one.id !== id);
}

/** For Jobs that no job type removes, because the type is gone or the plan names the Job no more. */
async function removeUnlessFinished(cluster: Cluster, job: Manifest, signal: AbortSignal): Promise<void> {
  const live = await cluster.read(refOf(job), signal);
  const uid = job.metadata.uid ?? "";
  if (live?.metadata.uid === uid && !hasFinished(live)) await cluster.remove(refOf(job), { signal, uid });
}

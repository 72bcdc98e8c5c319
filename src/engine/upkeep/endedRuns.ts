// Finds on all clusters what runs that have ended still hold, and removes it: Jobs that a crash left behind, or that
// could not be removed because the cluster did not answer. It looks at the start, and after something happened on a
// cluster or in the store, but not more often than every half minute. An idle server does nothing here.
//
// A Job is removed only when the store knows the run in its mark: other installations of kubemin may use the same
// cluster. The Jobs are listed before the store is read. An attempt is stored before it creates a Job, so a listed Job
// whose attempt is not under way belongs to one that has ended.
import { objectName } from "../../jobs/pods/podRun.ts";
import { unfinishedJobs } from "../../jobs/pods/unfinishedJobs.ts";
import { JOB_LABELS } from "../../model/kubernetes/jobLabels.ts";
import { type Manifest, refOf } from "../../model/kubernetes/manifest.ts";
import { isActive } from "../../model/run/phase.ts";
import type { Run } from "../../model/run/run.ts";
import type { Cluster } from "../../ports/cluster.ts";
import { createNews } from "../../ports/news.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ReleaseDependencies } from "../driving/release.ts";
import { releaseEnded } from "../steering/releaseEnded.ts";
import { watchClusters } from "./watchClusters.ts";

/** Milliseconds after a change before it looks, so that the attempts that are just ending remove their own objects. */
const SETTLES = 5_000;
/** Milliseconds from one look to the next. After a look that failed, each pause is twice as long as the one before. */
const PAUSE = 30_000;
const LONGEST_PAUSE = 10 * 60_000;

type SweepDependencies = ReleaseDependencies & Dependencies<"clusters">;

/** Runs until the signal aborts. */
export async function keepReleasing(dependencies: SweepDependencies, signal: AbortSignal): Promise<void> {
  const { clock, store } = dependencies;
  const news = createNews(
    (notify) => watchClusters(dependencies, notify),
    (notify) => store.events.subscribe(notify),
  );
  let pause = PAUSE;
  try {
    while (!signal.aborted) {
      await clock.sleep(SETTLES, signal);
      const seen = news.count();
      const complete = await releaseAll(dependencies, signal);
      pause = complete ? PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
      await clock.sleep(pause, signal);
      if (complete) await news.after(seen, { signal });
    }
  } finally {
    news.close();
  }
}

/** `false` when a cluster could not be asked, or an object could not be removed. */
export async function releaseAll(dependencies: SweepDependencies, signal: AbortSignal): Promise<boolean> {
  let complete = true;
  for (const name of dependencies.clusters.names()) {
    const cluster = dependencies.clusters.get(name);
    if (cluster === undefined || signal.aborted) continue;
    try {
      await releaseOn(dependencies, cluster, signal);
    } catch (error) {
      complete = false;
      if (!signal.aborted)
        dependencies.log.write("warn", "ended runs could not be looked for on a cluster", {
          cluster: name,
          error: String(error),
        });
    }
  }
  return complete;
}

async function releaseOn(dependencies: SweepDependencies, cluster: Cluster, signal: AbortSignal): Promise<void> {
  for (const [id, jobs] of await unfinishedJobs(cluster, signal)) {
    const run = await dependencies.store.runs.get(id);
    if (run === null || run.cluster !== cluster.name || signal.aborted) continue;
    const removed =
      run.phase === "running"
        ? await removeSuperseded(dependencies, { run, cluster, jobs }, signal)
        : await releaseEnded(dependencies, { run, cluster, left: jobs }, signal);
    if (removed.length > 0)
      dependencies.log.write("info", "what a run still held after its end was removed", {
        run: id,
        objects: removed.join(", "),
      });
  }
}

interface OpenJobs {
  readonly run: Run;
  readonly cluster: Cluster;
  readonly jobs: readonly Manifest[];
}

/**
 * Removes the Jobs of earlier attempts of a run that goes on. Only registered types have a Job for each attempt; a
 * later attempt of another type continues with the Job of the earlier one, or removes it.
 */
async function removeSuperseded(
  { store }: Dependencies<"store">,
  { run, cluster, jobs }: OpenJobs,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const own = jobs.filter((job) => job.metadata.labels?.[JOB_LABELS.type] !== undefined);
  if (own.length === 0) return [];
  const active = (await store.runs.underWay([run.id])).filter(({ phase }) => isActive(phase));
  const followed = new Set(active.map(({ name, attempt }) => objectName({ run: run.id, job: name, attempt })));
  const removed: string[] = [];
  for (const { metadata, ...rest } of own) {
    if (followed.has(metadata.name)) continue;
    await cluster.remove(refOf({ ...rest, metadata }), { signal, uid: metadata.uid ?? "" });
    removed.push(`Job/${metadata.name}`);
  }
  return removed;
}

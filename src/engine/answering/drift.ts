// Compares the newest revision with the cluster: each object by a dry run, with secrets masked, and with the other
// tools that own a field. Changes nothing. Jobs are left out, because a task creates them and they are removed again.
import { inBatches } from "../../model/data/batches.ts";
import { isSealed } from "../../model/document/sealed.ts";
import { LABELS, type Manifest, refKey, refOf } from "../../model/kubernetes/manifest.ts";
import type { PlannedJob } from "../../model/run/plan.ts";
import type { ApplicationSummary } from "../../model/run/revision.ts";
import type { Job } from "../../model/run/run.ts";
import {
  type ApplyOptions,
  type Cluster,
  ClusterError,
  type Drift,
  WATCHED_WITHOUT_DATA,
} from "../../ports/cluster.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ApplicationDrift, ApplicationKey } from "../contract/requests.ts";
import { clusterFailure, knownCluster } from "../planning/chooseCluster.ts";
import { knownApplication } from "../starting/deleteApplication.ts";
import { knownRevision } from "../starting/revisions.ts";

export async function applicationDrift(
  dependencies: Dependencies<"store" | "clusters" | "vault">,
  key: ApplicationKey,
  signal: AbortSignal,
): Promise<ApplicationDrift> {
  const current = await knownApplication(dependencies, key);
  const revision = await knownRevision(dependencies, key, current.revision);
  const cluster = await knownCluster(dependencies, current.cluster);
  const options = comparing(dependencies, key.project, signal);
  try {
    const applied = appliedJobs(revision.plan.jobs, await lastJobs(dependencies, current));
    const objects = await inBatches(lasting(applied), async (manifest) => ({
      ...(await cluster.compare(manifest, options)),
      ref: refOf(manifest),
      component: manifest.metadata.labels?.[LABELS.kubeminComponent] ?? null,
    }));
    return { application: current.name, revision: current.revision, objects };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    throw clusterFailure(error, cluster.name);
  }
}

function comparing({ vault }: Dependencies<"vault">, project: string, signal: AbortSignal): ApplyOptions {
  const reveal = (text: string): string => (isSealed(text) ? vault.open(project, text) : text);
  return { signal, reveal, force: true };
}

/** The jobs of the newest run of the application. They say which components it deployed. */
export async function lastJobs(
  { store }: Dependencies<"store">,
  { lastRun }: ApplicationSummary,
): Promise<readonly Job[]> {
  return lastRun === null ? [] : await store.runs.jobs(lastRun.id);
}

/**
 * The planned jobs without those that a condition left out of the newest run: their objects are not wanted. What is on
 * the cluster does not decide, because objects of an earlier revision may be there. A repair run contains only the jobs
 * that were deployed before it, so a conditional job that is not in it is left out as well.
 */
export function appliedJobs(planned: readonly PlannedJob[], last: readonly Job[]): readonly PlannedJob[] {
  const byName = new Map(last.map((job) => [job.name, job]));
  return planned.filter(({ name, condition }) => {
    if (condition === undefined) return true;
    const job = byName.get(name);
    return job !== undefined && !(job.phase === "skipped" && job.reason.code === "ConditionFalse");
  });
}

/** The objects that stay on the cluster, which are all but Jobs. The absence of a Job is no drift. */
export function lasting(jobs: readonly PlannedJob[]): readonly Manifest[] {
  return jobs.flatMap((job) => job.objects.map((object) => object.manifest)).filter((one) => one.kind !== "Job");
}

interface DriftWatch {
  readonly project: string;
  readonly cluster: Cluster;
  readonly manifests: readonly Manifest[];
}

/**
 * The drift that the watches show, without a request to the cluster. Only for kinds that are watched without their
 * data, a dry run decides for each object that may have drifted.
 */
export async function confirmedDrift(
  dependencies: Dependencies<"vault">,
  { project, cluster, manifests }: DriftWatch,
  signal: AbortSignal,
): Promise<readonly Drift[]> {
  const drifted = await cluster.drifted(manifests, signal);
  const byKey = new Map(manifests.map((manifest) => [refKey(refOf(manifest)), manifest]));
  const confirmed = await inBatches(drifted, async (drift): Promise<readonly Drift[]> => {
    const manifest = byKey.get(refKey(drift.ref));
    if (manifest === undefined || drift.gone || !WATCHED_WITHOUT_DATA.has(drift.ref.kind)) return [drift];
    const { state } = await cluster.compare(manifest, comparing(dependencies, project, signal));
    return state === "same" ? [] : [drift];
  });
  return confirmed.flat();
}

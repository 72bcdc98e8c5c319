// The newest revision against what the cluster holds: every object by a dry run, secrets masked, and who else holds a field.
// Nothing is changed. Tasks are left out: their Jobs come and go.

import { LABELS, type Manifest, refKey, refOf } from "../model/manifest.ts";
import type { PlannedJob } from "../model/plan.ts";
import { isSealed } from "../model/sealed.ts";
import { type ApplyOptions, type Cluster, ClusterError, type Drift } from "../ports/cluster.ts";
import { inBatches } from "./batches.ts";
import { clusterFailure, knownCluster } from "./clusters.ts";
import { knownApplication } from "./remove.ts";
import type { ApplicationDrift, Place } from "./requests.ts";
import { knownRevision } from "./revisions.ts";
import type { World } from "./world.ts";

export async function applicationDrift(world: World, place: Place, signal: AbortSignal): Promise<ApplicationDrift> {
  const current = await knownApplication(world, place);
  const revision = await knownRevision(world, place, current.revision);
  const cluster = await knownCluster(world, current.cluster);
  const options = comparing(world, place.project, signal);
  try {
    const brought = broughtJobs(revision.plan.jobs, await ownedKeys(world, place));
    const objects = await inBatches(lasting(brought), async (manifest) => ({
      ...(await cluster.compare(manifest, options)),
      ref: refOf(manifest),
      component: manifest.metadata.labels?.[LABELS.kubeminComponent] ?? "",
    }));
    return { application: current.name, revision: current.revision, objects };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    throw clusterFailure(error, cluster.name);
  }
}

function comparing(world: World, project: string, signal: AbortSignal): ApplyOptions {
  const reveal = (text: string): string => (isSealed(text) ? world.vault.open(project, text) : text);
  return { signal, reveal, force: true };
}

/** What it made; an intent alone (without a uid) made nothing. */
export async function ownedKeys(world: World, { project, application }: Place): Promise<ReadonlySet<string>> {
  const owned = await world.store.inventory.list(project, application);
  return new Set(owned.filter((one) => one.uid !== null).map(refKey));
}

/** Without those that a condition left out when they were deployed: they are not wanted there. */
export function broughtJobs(jobs: readonly PlannedJob[], owned: ReadonlySet<string>): readonly PlannedJob[] {
  return jobs.filter(
    ({ condition, objects }) =>
      condition === undefined || objects.some(({ manifest }) => owned.has(refKey(refOf(manifest)))),
  );
}

/** What stays on the cluster: a task's Job comes and goes, and its absence is no drift. */
export function lasting(jobs: readonly PlannedJob[]): readonly Manifest[] {
  return jobs.flatMap((job) => job.objects.map((object) => object.manifest)).filter((one) => one.kind !== "Job");
}

export interface Watching {
  readonly project: string;
  readonly cluster: Cluster;
  readonly manifests: readonly Manifest[];
}

/** The watches hold no data of these: that somebody set a key may mean that it has another value, or the same. */
const UNSEEN: ReadonlySet<string> = new Set(["ConfigMap", "Secret"]);

/** What the watches tell, without a request; but for the few objects that they only suspect, where one dry run each decides. */
export async function confirmedDrift(
  world: World,
  { project, cluster, manifests }: Watching,
  signal: AbortSignal,
): Promise<readonly Drift[]> {
  const drifted = await cluster.drifted(manifests, signal);
  const byKey = new Map(manifests.map((manifest) => [refKey(refOf(manifest)), manifest]));
  const confirmed = await inBatches(drifted, async (drift): Promise<readonly Drift[]> => {
    const manifest = byKey.get(refKey(drift.ref));
    if (manifest === undefined || drift.gone || !UNSEEN.has(drift.ref.kind)) return [drift];
    const { state } = await cluster.compare(manifest, comparing(world, project, signal));
    return state === "same" ? [] : [drift];
  });
  return confirmed.flat();
}

// The newest revision against what the cluster holds: every object by a dry run, secrets masked, and who else holds a field.
// Nothing is changed. Tasks are left out: their Jobs come and go.
import { LABELS, refOf } from "../model/manifest.ts";
import { PlatformError } from "../model/errors.ts";
import { isSealed } from "../model/sealed.ts";
import { ClusterError } from "../ports/cluster.ts";
import { inBatches } from "./batches.ts";
import { knownCluster } from "./clusters.ts";
import { knownApplication } from "./remove.ts";
import { lasting } from "./repair.ts";
import type { ApplicationDrift, Place } from "./requests.ts";
import { knownRevision } from "./revisions.ts";
import type { World } from "./world.ts";

export async function applicationDrift(world: World, place: Place, signal: AbortSignal): Promise<ApplicationDrift> {
  const current = await knownApplication(world, place);
  const revision = await knownRevision(world, place, current.revision);
  const cluster = knownCluster(world, current.cluster);
  const reveal = (text: string): string => (isSealed(text) ? world.vault.open(place.project, text) : text);
  try {
    const objects = await inBatches(lasting(revision.plan.jobs), async (manifest) => ({
      ...(await cluster.compare(manifest, { signal, reveal, force: true })),
      ref: refOf(manifest),
      component: manifest.metadata.labels?.[LABELS.kubeminComponent] ?? "",
    }));
    return { application: current.name, revision: current.revision, objects };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    const detail = String(error.reason.params["detail"] ?? error.reason.code);
    throw new PlatformError("ClusterUnreachable", { cluster: cluster.name, detail });
  }
}

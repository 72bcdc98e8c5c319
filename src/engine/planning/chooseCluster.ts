// Finds the cluster that a request means. When there are several, the request must name one. A cluster that the project
// may not use is refused.

import { listed } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { ApplicationSummary } from "../../model/run/revision.ts";
import type { Cluster, ClusterError } from "../../ports/cluster.ts";
import type { Dependencies } from "../contract/dependencies.ts";

interface Choice {
  readonly project: string;
  readonly asked: string | undefined;
  readonly current: ApplicationSummary | null;
}

export async function chooseCluster(
  dependencies: Dependencies<"clusters">,
  { project, asked, current }: Choice,
): Promise<Cluster> {
  const names = dependencies.clusters.usable(project);
  const name = asked ?? current?.cluster ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) throw unchosen(names);
  if (asked === undefined && (await dependencies.clusters.find(name)) === undefined) {
    const known = listed(names);
    throw new PlatformError("ClusterNotKnownHere", { cluster: name, known });
  }
  const cluster = await knownCluster(dependencies, name);
  refuseForeignProject(dependencies, project, name);
  return cluster;
}

function unchosen(names: readonly string[]): PlatformError {
  return names.length === 0
    ? new PlatformError("NoCluster")
    : new PlatformError("ClusterUnchosen", { known: names.join(", ") });
}

export async function knownCluster({ clusters }: Dependencies<"clusters">, name: string): Promise<Cluster> {
  const cluster = await clusters.find(name);
  if (cluster === undefined)
    throw new PlatformError("NotFound", { what: "cluster", name, known: listed(clusters.names()) });
  return cluster;
}

/**
 * Throws ClusterNotForProject. Not called for reading and deleting: applications that already run there can still be
 * seen and deleted.
 */
export function refuseForeignProject({ clusters }: Dependencies<"clusters">, project: string, cluster: string): void {
  const usable = clusters.usable(project);
  if (usable.includes(cluster) || clusters.get(cluster) === undefined) return;
  throw new PlatformError("ClusterNotForProject", { project, cluster, known: listed(usable) });
}

/** The API error for a cluster that cannot be reached or refuses its credential. */
export function clusterFailure(error: ClusterError, cluster: string): PlatformError {
  const { code, params } = error.reason;
  if (code === "CredentialRefused") return new PlatformError("CredentialRefused", { cluster });
  return new PlatformError("ClusterUnreachable", { ...params, cluster, detail: params["detail"] ?? code });
}

// Finds the cluster that a request means. When there are several, the request must name one. A cluster that the project
// may not use is refused.
import { PlatformError } from "../../model/errors/errors.ts";
import type { ApplicationSummary } from "../../model/run/revision.ts";
import type { Cluster, ClusterError } from "../../ports/cluster.ts";
import type { Dependencies } from "../interface/dependencies.ts";

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
  if (name === undefined) throw new PlatformError("InvalidRequest", { detail: whichOne(names) });
  if (asked === undefined && (await dependencies.clusters.find(name)) === undefined) {
    const known = names.join(", ");
    throw new PlatformError("Conflict", {
      detail: `the application runs on cluster ${name}, which this server does not know (it knows ${known}): register it (kubemin cluster add ${name}) or start the server with it, or deploy under another name`,
    });
  }
  const cluster = await knownCluster(dependencies, name);
  refuseForeignProject(dependencies, project, name);
  return cluster;
}

function whichOne(names: readonly string[]): string {
  return names.length === 0
    ? "this server has no cluster: register one with kubemin cluster add, or start it with --context"
    : `this server knows several clusters (${names.join(", ")}): choose one with --cluster`;
}

export async function knownCluster({ clusters }: Dependencies<"clusters">, name: string): Promise<Cluster> {
  const cluster = await clusters.find(name);
  if (cluster === undefined)
    throw new PlatformError("NotFound", { what: "cluster", name, known: clusters.names().join(", ") });
  return cluster;
}

/**
 * Throws ClusterNotForProject. Not called for reading and deleting: applications that already run there can still be
 * seen and deleted.
 */
export function refuseForeignProject({ clusters }: Dependencies<"clusters">, project: string, cluster: string): void {
  const usable = clusters.usable(project);
  if (usable.includes(cluster) || clusters.get(cluster) === undefined) return;
  throw new PlatformError("ClusterNotForProject", { project, cluster, known: usable.join(", ") || "none" });
}

/** The API error for a cluster that cannot be reached or refuses its credential. */
export function clusterFailure(error: ClusterError, cluster: string): PlatformError {
  const { code, params } = error.reason;
  if (code === "CredentialRefused") return new PlatformError("CredentialRefused", { cluster });
  return new PlatformError("ClusterUnreachable", { cluster, detail: String(params["detail"] ?? code) });
}

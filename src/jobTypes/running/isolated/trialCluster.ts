// Selects the cluster on which a registration is checked: the named one, or the only one that the project can use.

import { listed } from "../../../model/data/text.ts";
import { PlatformError } from "../../../model/errors/errors.ts";
import type { Cluster, Clusters } from "../../../ports/cluster.ts";

export interface ClusterChoice {
  readonly cluster?: string;
}

/**
 * `undefined` when the project has no cluster, or has several and the request names none. Throws `NotFound` for an
 * unknown name.
 */
export async function chosenCluster(
  clusters: Clusters,
  project: string,
  { cluster: asked }: ClusterChoice,
): Promise<Cluster | undefined> {
  const names = clusters.usable(project);
  const name = asked ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) return undefined;
  const cluster = await clusters.find(name);
  if (cluster === undefined || !clusters.usable(project).includes(name))
    throw new PlatformError("NotFound", { what: "cluster", name, known: listed(names) });
  return cluster;
}

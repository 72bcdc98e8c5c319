// Which cluster a registration is tried on: the one that was named, or the only one there is.

import { listed } from "../../../model/data/text.ts";
import { PlatformError } from "../../../model/errors/errors.ts";
import type { Cluster, Clusters } from "../../../ports/cluster.ts";

export interface ClusterChoice {
  readonly cluster?: string;
}

/** Undefined: there is none for the project, or several and none was named. Throws NotFound. */
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

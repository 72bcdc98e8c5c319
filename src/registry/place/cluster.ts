// Which cluster a registration is tried on: the one that was named, or the only one there is.
import { PlatformError } from "../../model/errors.ts";
import type { Cluster, Clusters } from "../../ports/cluster.ts";

export interface Place {
  readonly cluster?: string;
}

/** Undefined: there is none, or several and none was named. Throws NotFound. */
export function chosenCluster(clusters: Clusters, { cluster: asked }: Place): Cluster | undefined {
  const names = clusters.names();
  const name = asked ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) return undefined;
  const cluster = clusters.get(name);
  if (cluster === undefined)
    throw new PlatformError("NotFound", { what: "cluster", name, known: names.join(", ") || "none" });
  return cluster;
}

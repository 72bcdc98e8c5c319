// Subscribes to the changes on all clusters of this process.
import type { Cluster } from "../../ports/cluster.ts";
import type { Dependencies } from "../contract/dependencies.ts";

/**
 * Calls `onChange` for changes on each cluster, also on clusters that are registered later, until the returned function
 * is called.
 */
export function watchClusters(
  { clusters }: Dependencies<"clusters">,
  onChange: (cluster: Cluster, namespace: string) => void,
): () => void {
  const stops = new Map<Cluster, () => void>();
  const sync = (): void => {
    const present = new Set(clusters.names().flatMap((name) => clusters.get(name) ?? []));
    for (const [cluster, stop] of stops) {
      if (present.has(cluster)) continue;
      stop();
      stops.delete(cluster);
    }
    for (const cluster of present)
      if (!stops.has(cluster))
        stops.set(
          cluster,
          cluster.subscribe((namespace) => onChange(cluster, namespace)),
        );
  };
  const leave = clusters.onChange(sync);
  sync();
  return () => {
    leave();
    for (const stop of stops.values()) stop();
  };
}

// The port Clusters with one fixed cluster, for tests that register none.
import type { Cluster } from "../../src/ports/cluster.ts";
import type { ClusterRegistry } from "../../src/ports/clusterRegistry.ts";

export function onlyCluster(cluster: () => Cluster, name: string): ClusterRegistry {
  const get = (asked: string): Cluster | undefined => (asked === name ? cluster() : undefined);
  const none = (): Promise<never> => Promise.reject(new Error("this test registers no clusters"));
  return {
    names: () => [name],
    usable: () => [name],
    get,
    find: async (asked) => get(asked),
    onChange: () => () => undefined,
    entries: () => [],
    add: none,
    update: none,
    remove: none,
  };
}

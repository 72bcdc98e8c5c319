// The cluster as a driver sees it: it writes only while the run is certainly its own. The store's writes are guarded by the run's fence;
// a cluster knows none, so here the lease is asked right before. What is under way when the lease ends still arrives: it is the same
// that the next driver will write.
import { reason } from "../model/reason.ts";
import { type Cluster, ClusterError } from "../ports/cluster.ts";

export function fenced(cluster: Cluster, holds: () => boolean): Cluster {
  const expectHeld = (): void => {
    // Nobody reads this: what a driver says that has lost its run is not written.
    if (!holds()) throw new ClusterError(reason("Beginning"), true);
  };
  return {
    ...cluster,
    apply: async (object, options) => {
      expectHeld();
      return cluster.apply(object, options);
    },
    remove: async (ref, options) => {
      expectHeld();
      return cluster.remove(ref, options);
    },
  };
}

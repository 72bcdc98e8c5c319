// What the registry needs to know of one kind of cluster: how a description becomes a target, is tried, and is opened. A target is data
// that only the opener understands.
import type { JsonObject } from "../model/data/json.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { ClusterWay, GivenCluster, Introduction } from "../ports/clusterRegistry.ts";

export interface Opened {
  readonly cluster: Cluster;
  /** From now on it is reached this way. */
  retarget(target: JsonObject, limits: ClusterLimits): void;
}

interface ClusterLimits {
  /** At the same time. */
  readonly calls: number;
}

export interface Opener {
  /** Throws PlatformError when the description is no use. Asks nobody. */
  read(name: string, given: GivenCluster): { readonly target: JsonObject; readonly way: ClusterWay };
  /** Throws ClusterError when it does not answer or does not let us in. */
  introduce(name: string, target: JsonObject, signal: AbortSignal): Promise<Introduction>;
  /** Asks nobody. */
  open(name: string, target: JsonObject, limits: ClusterLimits): Opened;
}

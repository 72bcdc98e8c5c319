// The interface through which the registry reads, tries and opens a cluster that a user described. A target is data
// that only the opener understands. The implementation for Kubernetes is in src/kube/opener.ts.
import type { JsonObject } from "../model/data/json.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { ClusterWay, GivenCluster, Introduction } from "../ports/clusterRegistry.ts";

export interface Opened {
  readonly cluster: Cluster;
  /** Makes all later calls use this target and these limits. */
  retarget(target: JsonObject, limits: ClusterLimits): void;
}

interface ClusterLimits {
  /** The number of calls at the same time, of this process. */
  readonly calls: number;
}

export interface Opener {
  /** Reads a description without calling the cluster. Throws PlatformError when the description is unusable. */
  read(name: string, given: GivenCluster): { readonly target: JsonObject; readonly way: ClusterWay };
  /** Calls the cluster. Throws ClusterError when it does not answer or refuses the credential. */
  introduce(name: string, target: JsonObject, signal: AbortSignal): Promise<Introduction>;
  /** Opens the cluster without calling it. */
  open(name: string, target: JsonObject, limits: ClusterLimits): Opened;
}

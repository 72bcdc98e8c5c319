// Opens Kubernetes clusters for the cluster registry (src/clusters). The registry stores a target as JSON that only
// this file writes.
import type { JsonObject } from "../model/data/json.ts";
import type { Clock } from "../ports/clock.ts";
import type { ClusterWay, GivenCluster, Introduction } from "../ports/clusterRegistry.ts";
import type { Log } from "../ports/log.ts";
import { openCluster } from "./cluster.ts";
import { givenTarget, wayOf } from "./reach/givenCluster.ts";
import { introduce } from "./reach/introduce.ts";
import type { ClusterTarget } from "./reach/kubeconfig.ts";

interface OpenerOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Credential programs that a submitted kubeconfig may name. */
  readonly allowedPlugins: readonly string[];
}

export function kubernetesOpener({ clock, log, allowedPlugins }: OpenerOptions) {
  return {
    read(name: string, given: GivenCluster): { readonly target: JsonObject; readonly way: ClusterWay } {
      const target = givenTarget(name, given, allowedPlugins);
      return { target: JSON.parse(JSON.stringify(target)) as JsonObject, way: wayOf(target) }; // a target is plain data
    },
    introduce: (name: string, target: JsonObject, signal: AbortSignal): Promise<Introduction> =>
      introduce(targetOf(target), { name, clock, signal, allowedPlugins }),
    open(name: string, target: JsonObject, { calls }: { readonly calls: number }) {
      const cluster = openCluster(targetOf(target), { name, clock, log, calls, allowedPlugins });
      const retarget = (next: JsonObject, limits: { readonly calls: number }): void =>
        cluster.retarget(targetOf(next), limits.calls);
      return { cluster, retarget };
    },
  };
}

/** Only `read` writes the stored JSON, so the type needs no check. */
function targetOf(kept: JsonObject): ClusterTarget {
  return kept as unknown as ClusterTarget;
}

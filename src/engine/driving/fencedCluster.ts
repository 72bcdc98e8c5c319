// The cluster as a driver may use it: each write first checks that the lease of the run still holds. The store refuses
// the writes of an old driver by the run's fence, but a cluster knows no fences. A write that is under way when the
// lease ends still arrives; the next driver will write the same.
import { ANNOTATIONS, type Manifest } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { type Cluster, ClusterError } from "../../ports/cluster.ts";

/**
 * `revision` is written to each object as an annotation, which the controllers of Kubernetes copy to the ReplicaSets
 * and other records that they keep of earlier versions. 0 writes no annotation.
 */
export function fenced(cluster: Cluster, holds: () => boolean, revision: number): Cluster {
  const expectHeld = (): void => {
    // Retryable, because the lease may be renewed a moment later. A driver that has lost its run can no longer store
    // the reason.
    if (!holds()) throw new ClusterError(reason("LeaseUncertain"), true);
  };
  return {
    ...cluster,
    apply: async (object, options) => {
      expectHeld();
      return cluster.apply(revision === 0 ? object : ofRevision(object, revision), options);
    },
    remove: async (ref, options) => {
      expectHeld();
      return cluster.remove(ref, options);
    },
  };
}

function ofRevision(object: Manifest, revision: number): Manifest {
  const annotations = { ...object.metadata.annotations, [ANNOTATIONS.revision]: String(revision) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

// The cluster as a driver sees it: it writes only while the run is certainly its own. The store's writes are guarded by the run's fence;
// a cluster knows none, so here the lease is asked right before. What is under way when the lease ends still arrives: it is the same
// that the next driver will write.
import { ANNOTATIONS, type Manifest } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { type Cluster, ClusterError } from "../../ports/cluster.ts";

/** `revision`: what is written says because of which one, and the controllers of Kubernetes pass it on to what they keep of the version before. */
export function fenced(cluster: Cluster, holds: () => boolean, revision: number): Cluster {
  const expectHeld = (): void => {
    // Retryable, because the lease may be renewed a moment later. A driver that has lost its run can no longer store the reason.
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

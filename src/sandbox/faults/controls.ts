// What tests and demonstrations can do to the sandbox in addition to using it: cause faults, change objects outside
// kubemin, read counters.
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";
import type { ClusterError } from "../../ports/cluster.ts";
import type { Quota } from "../objects/quota.ts";

export interface SandboxControls {
  /** All objects of the sandbox, as `read` would return them. */
  objects(): readonly Manifest[];
  /** The number of objects that were written or removed through the port since the start. */
  writes(): number;
  /** The next `count` applies fail with this error. */
  failApplies(count: number, error: ClusterError): void;
  /** `false`: every call fails with ClusterUnreachable, and followers get the health `unknown`. */
  setReachable(reachable: boolean): void;
  /** Milliseconds that each call takes from now on. */
  setLatency(milliseconds: number): void;
  /** Pods and claims beyond the quota are refused. `null` removes the quota. */
  setQuota(namespace: string, quota: Quota | null): void;
  /** Creates an object as another tool would: ownership is not checked, and no labels of kubemin are added. */
  place(object: Manifest): void;
  /** Changes an object as another tool would. Throws when it does not exist. */
  change(ref: ObjectRef, edit: (live: Manifest) => Manifest): void;
  /** Deletes an object as another tool would; `false` when it does not exist. */
  vanish(ref: ObjectRef): boolean;
  /** Deletes the object and creates it again with the same content and another uid. Throws when it does not exist. */
  replace(ref: ObjectRef): void;
  /**
   * Ends one pod of a workload; its controller creates another. Throws when the workload does not exist or has no pod.
   */
  killPod(ref: ObjectRef): void;
}

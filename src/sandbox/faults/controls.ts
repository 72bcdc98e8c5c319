// What tests and demonstrations can do to the sandbox beside using it: faults, other people's changes, counters.
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";
import type { ClusterError } from "../../ports/cluster.ts";
import type { Quota } from "../objects/quota.ts";

export interface SandboxControls {
  /** Everything it holds, as `read` would show it. */
  objects(): readonly Manifest[];
  /** Objects written or removed through the port since the start. */
  writes(): number;
  /** The next `count` applies fail so. */
  failApplies(count: number, error: ClusterError): void;
  /** false: every call fails with ClusterUnreachable, followers are told `unknown`. */
  setReachable(reachable: boolean): void;
  /** Milliseconds that each call takes from now on. */
  setLatency(milliseconds: number): void;
  /** Pods and claims beyond it are refused; null: no quota. */
  setQuota(namespace: string, quota: Quota | null): void;
  /** Puts an object there as somebody else would: no ownership rule, no labels of ours added. */
  place(object: Manifest): void;
  /** Changes an object as somebody else would. Throws when there is none. */
  change(ref: ObjectRef, edit: (live: Manifest) => Manifest): void;
  /** Deletes an object behind kubemin's back; false when there was none. */
  vanish(ref: ObjectRef): boolean;
  /** Deletes the object and makes it again: same content, another uid. Throws when there is none. */
  replace(ref: ObjectRef): void;
  /** Kills one pod of a workload; its controller makes another. Throws when there is none. */
  killPod(ref: ObjectRef): void;
}

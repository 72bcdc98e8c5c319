// Whether a pod of the sandbox takes something of its node at a moment. A pod of a task stops doing so when its program
// has ended, without any change of an object.
import { faultOf } from "../faults/faults.ts";
import type { SandboxPod, StoredObject } from "../objects/sandboxObjects.ts";
import { workloadKind } from "../objects/workloadTemplate.ts";

/** With these faults the cluster creates no pod, or the scheduler never gives it a node. */
const NO_NODE: ReadonlySet<string> = new Set(["unschedulable", "quota", "policy"]);

/** Whether the scheduler looks for nodes for the pods of this object. The only pod of a DaemonSet stands for all nodes. */
export function wantsNodes({ manifest }: StoredObject): boolean {
  if (workloadKind(manifest) === undefined || manifest.kind === "DaemonSet") return false;
  return !NO_NODE.has(faultOf(manifest)?.name ?? "");
}

export function occupiesNode(object: StoredObject, pod: SandboxPod, now: number): boolean {
  if (pod.node === undefined) return false;
  if (workloadKind(object.manifest)?.style !== "end" || pod.hold !== null) return true;
  // The attempts of a task that fails are pods that exist one after another.
  if (pod.born > now) return false;
  return pod.due > now || neverEnds(object);
}

/** A pod whose image cannot be pulled never ends by itself. */
function neverEnds({ manifest }: StoredObject): boolean {
  return faultOf(manifest)?.name === "image-not-found";
}

/** Whether every pod of a task has ended, well or badly. */
export function hasEnded(object: StoredObject, now: number): boolean {
  const { pods } = object;
  return pods.length > 0 && pods.every((pod) => pod.hold === null && pod.due <= now) && !neverEnds(object);
}

/** When the pod stops taking something of its node by itself; `null` when it does not. */
export function freesNodeAt(object: StoredObject, pod: SandboxPod): number | null {
  if (pod.node === undefined || pod.hold !== null) return null;
  if (workloadKind(object.manifest)?.style !== "end") return null;
  return neverEnds(object) ? null : pod.due;
}

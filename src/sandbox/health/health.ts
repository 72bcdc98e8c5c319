// The health of any object, with one rule per kind. A kind without a rule is ready as soon as the object exists.
import { type ObjectRef, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { groupKind } from "../objects/kinds.ts";
import type { StoredObject } from "../objects/sandboxObjects.ts";
import { type HealthRule, nextOf, ready, type SandboxVerdict, type SandboxView, verdict } from "./healthRule.ts";
import { jobHealth } from "./job.ts";
import { ingressHealth, routeHealth, serviceHealth } from "./network.ts";
import { claimHealth } from "./volume.ts";
import { workloadHealth } from "./workload.ts";

const RULES: Readonly<Record<string, HealthRule>> = {
  "apps/Deployment": workloadHealth,
  "apps/ReplicaSet": workloadHealth,
  "apps/StatefulSet": workloadHealth,
  "apps/DaemonSet": workloadHealth,
  "batch/Job": jobHealth,
  Service: serviceHealth,
  "networking.k8s.io/Ingress": ingressHealth,
  "gateway.networking.k8s.io/HTTPRoute": routeHealth,
  PersistentVolumeClaim: claimHealth,
};

/** `uid`: the object that the caller means. Another object under the same name counts as replaced by another tool. */
export function healthOf(ref: ObjectRef, view: SandboxView, uid?: string): SandboxVerdict {
  const object = view.get(ref);
  const name = { object: shortRef(ref) };
  if (object === undefined) return verdict("missing", reason("Missing", name));
  if (uid !== undefined && object.manifest.metadata.uid !== uid)
    return verdict("failed", reason("ChangedBehindUs", name));
  if (object.goneAt !== null) return verdict("progressing", reason("Terminating", name), object.goneAt);
  return withDeletions(RULES[groupKind(refOf(object.manifest))] ?? ready, object, view);
}

/**
 * Objects that the verdict depends on may be in deletion. The end of a deletion also changes the verdict by time alone.
 */
function withDeletions(rule: HealthRule, object: StoredObject, view: SandboxView): SandboxVerdict {
  const found = rule(object, view);
  const leaving = view.list(object.manifest.metadata.namespace ?? "").map((one) => one.goneAt);
  return { ...found, changesAt: nextOf(view.now, [found.changesAt, ...leaving]) };
}

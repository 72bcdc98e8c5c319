// Health of any object: a row per kind; kinds without a row have nothing to wait for.
import { type ObjectRef, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { groupKind } from "../objects/kinds.ts";
import type { StoredObject } from "../objects/sandboxObjects.ts";
import { type HealthRule, nextOf, ready, type Verdict, type View, verdict } from "./healthRule.ts";
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

/** `uid`: the object that was meant; another one of its name is somebody else's. */
export function healthOf(ref: ObjectRef, view: View, uid?: string): Verdict {
  const object = view.get(ref);
  const name = { object: shortRef(ref) };
  if (object === undefined) return verdict("missing", reason("Missing", name));
  if (uid !== undefined && object.manifest.metadata.uid !== uid)
    return verdict("failed", reason("ChangedBehindUs", name));
  if (object.goneAt !== null) return verdict("progressing", reason("Terminating", name), object.goneAt);
  return withDeletions(RULES[groupKind(refOf(object.manifest))] ?? ready, object, view);
}

/** What an object leads to may be on its way out: that too is a change that time alone brings. */
function withDeletions(rule: HealthRule, object: StoredObject, view: View): Verdict {
  const found = rule(object, view);
  const leaving = view.list(object.manifest.metadata.namespace ?? "").map((one) => one.goneAt);
  return { ...found, changesAt: nextOf(view.now, [found.changesAt, ...leaving]) };
}

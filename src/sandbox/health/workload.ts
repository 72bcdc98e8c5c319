// The health of Deployment, StatefulSet, DaemonSet and ReplicaSet: the pods of the current template become ready one by
// one.
import { dig } from "../../model/data/json.ts";
import type { Before } from "../../model/kubernetes/health.ts";
import { refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import { faultOf } from "../faults/faults.ts";
import type { SandboxPod, StoredObject } from "../objects/sandboxObjects.ts";
import { templateHash } from "../objects/workloadTemplate.ts";
import { isUp } from "../pods/pods.ts";
import { heldVerdict } from "./blockedPods.ts";
import { faultyVerdict } from "./faultyWorkload.ts";
import { type HealthRule, nextOf, type SandboxVerdict, type SandboxView, verdict } from "./healthRule.ts";

export const workloadHealth: HealthRule = (object, view) => {
  if (dig(object.manifest, "spec", "paused") === true) {
    return verdict("suspended", reason("Suspended", { object: shortRef(refOf(object.manifest)) }));
  }
  const pods = currentPods(object);
  const fault = faultOf(object.manifest);
  const [first] = pods;
  const facts = { ready: readyPods(object, view.now).length, wanted: pods.length, ...podsBefore(object, view.now) };
  const held = heldVerdict(object, pods, view);
  const bad =
    held ?? (fault === null || first === undefined ? null : faultyVerdict({ object, pod: first, fault }, view));
  const { health, changesAt } = bad ?? byCount(object, pods, view);
  return { health: { ...health, facts }, changesAt };
};

function byCount(object: StoredObject, pods: readonly SandboxPod[], view: SandboxView): SandboxVerdict {
  const up = pods.filter((pod) => isUp(pod, view.now));
  const [ready, wanted] = [up.length, pods.length];
  if (ready === wanted) return verdict("ready", reason("Ready"));
  const next = nextOf(
    view.now,
    pods.map((pod) => pod.due),
  );
  const lost = pods.some((pod) => pod.replacement && !isUp(pod, view.now));
  if (lost) return verdict("degraded", reason("Progressing", { ready, wanted }), next);
  if (ready > 0) return verdict("progressing", reason("Progressing", { ready, wanted }), next);
  return verdict("progressing", reason("Starting", { object: shortRef(refOf(object.manifest)) }), next);
}

/** Pods of the previous version, which answer requests until the new pods do. */
function podsBefore(object: StoredObject, now: number): { readonly before?: Before } {
  const ready = readyPods(object, now).length;
  const old = servingPods(object, now).length - ready;
  return old === 0 ? {} : { before: { ready: old, pods: old } };
}

export function currentPods(object: StoredObject): readonly SandboxPod[] {
  const template = templateHash(object.manifest);
  return object.pods.filter((pod) => pod.template === template);
}

/** The pods of the current template that are ready. */
function readyPods(object: StoredObject, now: number): readonly SandboxPod[] {
  return faultOf(object.manifest) === null ? currentPods(object).filter((pod) => isUp(pod, now)) : [];
}

/** Pods that answer requests: the ready new ones, and those of the previous version until all new ones are ready. */
export function servingPods(object: StoredObject, now: number): readonly SandboxPod[] {
  const ready = readyPods(object, now);
  const current = currentPods(object);
  if (ready.length === current.length) return ready;
  return [...ready, ...object.pods.filter((pod) => !current.includes(pod))];
}

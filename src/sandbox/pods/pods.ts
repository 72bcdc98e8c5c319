// Simulates the controllers of workloads: which pods exist after a change, when each is due, and what blocks it. It
// runs after every change of any object and never by a timer; between changes, the rules in src/sandbox/health/ compute
// everything from the time.
import { randomUUID } from "node:crypto";
import { optionalNumberAt, textAt } from "../../model/data/fieldReaders.ts";
import { type Params } from "../../model/data/text.ts";
import { refOf } from "../../model/kubernetes/manifest.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { faultOf } from "../faults/faults.ts";
import { addUsage, overQuota, podUsage, type Quotas, usageOf } from "../objects/quota.ts";
import type { SandboxObjects, SandboxPod, StoredObject } from "../objects/sandboxObjects.ts";
import {
  holdsKey,
  type NamedReference,
  referencesOf,
  templateHash,
  templateOf,
  workloadKind,
} from "../objects/workloadTemplate.ts";
import type { Timing } from "../time/timing.ts";

interface PodRules {
  readonly objects: SandboxObjects;
  readonly quotas: Quotas;
  readonly timing: Timing;
}

/** Adapts the pods of every workload to its template, and to the objects and quotas that they depend on. */
export function reconcilePods(rules: PodRules): void {
  for (const object of rules.objects.list()) {
    const kind = workloadKind(object.manifest);
    if (kind === undefined) continue;
    const wanted = withHolds(rules, { ...object, pods: wantedPods(rules, object) });
    if (JSON.stringify(wanted) !== JSON.stringify(object.pods)) rules.objects.put({ ...object, pods: wanted });
  }
}

function wantedPods({ objects, timing }: PodRules, object: StoredObject): readonly SandboxPod[] {
  const kind = workloadKind(object.manifest);
  if (kind === undefined) return [];
  const [now, template] = [objects.now(), templateHash(object.manifest)];
  const current = object.pods.filter((pod) => pod.template === template).slice(0, podCount(object));
  const missing = podCount(object) - current.length;
  const rolling = missing > 0 || current.some((pod) => !isUp(pod, now));
  const before =
    rolling && kind.overlaps(object.manifest)
      ? object.pods.filter((pod) => pod.template !== template && isUp(pod, now))
      : [];
  const added = Array.from({ length: missing }, (_, index): SandboxPod => {
    const attempt = kind.style === "end" && faultOf(object.manifest) !== null;
    const born = attempt ? now + index * timing.task : now;
    const due = kind.style === "end" ? born + timing.task : now + timing.start + index * timing.step;
    const name = podName(object, current.length + index);
    return { name, born, due, hold: null, heldSince: now, template, replacement: false };
  });
  return [...current, ...added, ...before];
}

/** A task that fails is tried again in new pods, as often as its Job allows. */
function podCount(object: StoredObject): number {
  const kind = workloadKind(object.manifest);
  if (kind === undefined) return 0;
  if (kind.style === "end" && faultOf(object.manifest) !== null)
    return 1 + (optionalNumberAt(object.manifest, "spec", "backoffLimit") ?? 6);
  return kind.replicas(object.manifest);
}

function podName(object: StoredObject, index: number): string {
  const { name } = object.manifest.metadata;
  const kind = workloadKind(object.manifest);
  if (kind?.numbered === true) return `${name}-${index}`;
  const suffix = randomUUID().slice(0, 5);
  const indexed = textAt(object.manifest, "spec", "completionMode") === "Indexed";
  return kind?.style === "end"
    ? `${name}-${indexed ? `${index}-` : ""}${suffix}`
    : `${name}-${templateHash(object.manifest).slice(0, 10)}-${suffix}`;
}

/** Whether the pod is ready, or its task has ended. */
export function isUp(pod: SandboxPod, now: number): boolean {
  return pod.hold === null && pod.due <= now;
}

/**
 * Blocks pods that have not started yet while a referenced object is missing or the quota is used up. Pods that run
 * already are not affected.
 */
function withHolds(rules: PodRules, object: StoredObject): readonly SandboxPod[] {
  const now = rules.objects.now();
  const namespace = object.manifest.metadata.namespace ?? "";
  const missing = missingReference(rules.objects, object);
  const quota = rules.quotas.get(namespace);
  const used = quota === undefined ? new Map<string, number>() : usageOf(rules.objects, namespace);
  const known = new Set(rules.objects.get(refOf(object.manifest))?.pods.map((pod) => pod.name));
  return object.pods.map((pod) => {
    if (isUp(pod, now)) return pod;
    const counted = known.has(pod.name) && pod.hold?.code !== "QuotaExceeded";
    const refused = counted ? null : overQuota(quota, used, podUsage(object));
    if (!counted && refused === null) addUsage(used, podUsage(object));
    return held(pod, refused ?? missing, {
      now,
      start: styleOf(object) === "end" ? rules.timing.task : rules.timing.start,
    });
  });
}

function styleOf(object: StoredObject): "serve" | "end" {
  return workloadKind(object.manifest)?.style ?? "serve";
}

/** `start`: milliseconds that the pod takes after nothing blocks it any more. */
function held(
  pod: SandboxPod,
  hold: Reason | null,
  { now, start }: { readonly now: number; readonly start: number },
): SandboxPod {
  if (hold !== null) return { ...pod, hold, heldSince: pod.hold?.code === hold.code ? pod.heldSince : now };
  return pod.hold === null ? pod : { ...pod, hold: null, due: now + start };
}

function missingReference(objects: SandboxObjects, object: StoredObject): Reason | null {
  const namespace = object.manifest.metadata.namespace ?? "";
  for (const wanted of referencesOf(templateOf(object.manifest))) {
    const found = objects.get({ apiVersion: "v1", kind: wanted.kind, namespace, name: wanted.name });
    if (found === undefined) return reason("MissingReference", absent(wanted));
    if (!holdsKey(found.manifest, wanted.key)) {
      const { key, kind, name } = wanted;
      return reason("MissingReference", { detail: "KeyMissing", key, kind, namespace, name });
    }
  }
  return null;
}

function absent({ container, kind, name }: NamedReference): Params {
  return { detail: "ReferenceMissing", container, kind, name };
}

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
  isSuspended,
  type NamedReference,
  referencesOf,
  templateHash,
  templateOf,
  workloadKind,
} from "../objects/workloadTemplate.ts";
import { type Timing } from "../time/timing.ts";
import { wantsNodes } from "./occupation.ts";
import { taskTime } from "./taskTime.ts";

/** What finds nodes for pods; src/sandbox/scheduling implements it. */
export interface Placing {
  /** Takes note that pods may have gone. Must be called before the first `place` after a change. */
  readonly catchUp: () => void;
  /** The node of the pod and what is written to the pod, or why there is no node for it. */
  readonly place: (object: StoredObject, pod: SandboxPod) => Pick<SandboxPod, "node" | "annotations"> | NoPlace;
}

interface NoPlace {
  readonly hold: Reason;
}

interface PodRules {
  readonly objects: SandboxObjects;
  readonly quotas: Quotas;
  readonly timing: Timing;
  readonly placing: Placing;
}

/**
 * Adapts the pods of every workload to its template, and to the objects, quotas and nodes that they depend on. A pod
 * that goes may leave its node to a pod that was looked at before, so the workloads are looked at again until nothing
 * changes.
 */
export function reconcilePods(rules: PodRules): void {
  while (reconcileOnce(rules));
}

/** `true` when something changed while pods wait for a node. */
function reconcileOnce(rules: PodRules): boolean {
  let [changed, waiting] = [false, false];
  rules.placing.catchUp();
  for (const object of rules.objects.list()) {
    const kind = workloadKind(object.manifest);
    if (kind === undefined) continue;
    const wanted = withHolds(rules, { ...object, pods: wantedPods(rules, object) });
    waiting ||= wanted.some((pod) => pod.hold?.code === "Unschedulable");
    if (JSON.stringify(wanted) === JSON.stringify(object.pods)) continue;
    rules.objects.put({ ...object, pods: wanted });
    changed = true;
  }
  return changed && waiting;
}

function wantedPods({ objects, timing }: PodRules, object: StoredObject): readonly SandboxPod[] {
  const kind = workloadKind(object.manifest);
  if (kind === undefined) return [];
  const task = taskTime(object.manifest, timing);
  const [now, template] = [objects.now(), templateHash(object.manifest)];
  const current = object.pods.filter((pod) => pod.template === template).slice(0, podCount(object));
  const missing = podCount(object) - current.length;
  const rolling = missing > 0 || current.some((pod) => !isUp(pod, now));
  const before =
    rolling && kind.overlaps(object.manifest)
      ? object.pods.filter((pod) => pod.template !== template && isUp(pod, now))
      : [];
  const added = Array.from({ length: missing }, (_, index): SandboxPod => {
    const born = isTriedAgain(object) ? now + index * task : now;
    const due = kind.style === "end" ? born + task : now + timing.start + index * timing.step;
    const name = podName(object, current.length + index);
    return { name, born, due, hold: null, heldSince: now, template, replacement: false };
  });
  return [...current, ...added, ...before];
}

/** The pods of a task that fails are attempts: they exist one after another. */
function isTriedAgain({ manifest }: StoredObject): boolean {
  return workloadKind(manifest)?.style === "end" && faultOf(manifest) !== null;
}

/** A task that fails is tried again in new pods, as often as its Job allows. */
function podCount(object: StoredObject): number {
  const kind = workloadKind(object.manifest);
  if (kind === undefined || (kind.style === "end" && isSuspended(object.manifest))) return 0;
  if (isTriedAgain(object)) return 1 + (optionalNumberAt(object.manifest, "spec", "backoffLimit") ?? 6);
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
 * Blocks pods that have not started yet while a referenced object is missing, the quota is used up, or no node has room
 * for them. Pods that run already are not affected.
 */
function withHolds(rules: PodRules, object: StoredObject): readonly SandboxPod[] {
  const now = rules.objects.now();
  const namespace = object.manifest.metadata.namespace ?? "";
  const missing = missingReference(rules.objects, object);
  const quota = rules.quotas.get(namespace);
  const used = quota === undefined ? new Map<string, number>() : usageOf(rules.objects, namespace);
  const known = new Set(rules.objects.get(refOf(object.manifest))?.pods.map((pod) => pod.name));
  const place = placer(rules.placing, object);
  return object.pods.map((pod, index) => {
    if (isUp(pod, now)) return pod.node === undefined && isServing(object) ? placedIfPossible(pod, place(pod)) : pod;
    const counted = known.has(pod.name) && pod.hold?.code !== "QuotaExceeded";
    const refused = counted ? null : overQuota(quota, used, podUsage(object));
    if (!counted && refused === null) addUsage(used, podUsage(object));
    if (refused !== null) return held(pod, refused, now);
    const found = place(pod);
    if ("hold" in found) return held(pod, found.hold, now);
    const placed = { ...pod, ...found };
    return missing === null
      ? released(placed, timesFrom(rules.timing, object, { now, index }))
      : held(placed, missing, now);
  });
}

/** Each pod is placed by itself, except attempts: they exist one after another, on the node of the first. */
function placer({ place }: Placing, object: StoredObject): (pod: SandboxPod) => ReturnType<Placing["place"]> {
  const shared = isTriedAgain(object);
  let first: ReturnType<Placing["place"]> | undefined;
  return (pod) => {
    if (pod.node !== undefined || !wantsNodes(object)) return {};
    if (!shared) return place(object, pod);
    first ??= place(object, pod);
    return first;
  };
}

/** Pods from a file of an older version run without a node. They get one, and keep running where there is none. */
function placedIfPossible(pod: SandboxPod, found: ReturnType<Placing["place"]>): SandboxPod {
  return "hold" in found || found.node === undefined ? pod : { ...pod, ...found };
}

function isServing({ manifest }: StoredObject): boolean {
  return workloadKind(manifest)?.style === "serve";
}

/** When a pod starts and is due, if nothing blocks it any more. */
function timesFrom(
  timing: Timing,
  object: StoredObject,
  { now, index }: { readonly now: number; readonly index: number },
): Pick<SandboxPod, "born" | "due"> {
  if (isServing(object)) return { born: now, due: now + timing.start };
  const task = taskTime(object.manifest, timing);
  const born = now + (isTriedAgain(object) ? index * task : 0);
  return { born, due: born + task };
}

function held(pod: SandboxPod, hold: Reason, now: number): SandboxPod {
  return { ...pod, hold, heldSince: pod.hold?.code === hold.code ? pod.heldSince : now };
}

function released(pod: SandboxPod, times: Pick<SandboxPod, "born" | "due">): SandboxPod {
  return pod.hold === null ? pod : { ...pod, ...times, hold: null };
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

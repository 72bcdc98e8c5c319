// What is wrong with a pod that is not ready: its place on a node, its volumes, its containers in the order in which they start.
// Evictions, preemption and node losses are the cluster's doing and never blamed on the user.
import { explainScheduling } from "../../../capacity/explain/schedulerMessage.ts";
import { listAt, textAt, timeAt } from "../../../model/data/fieldReaders.ts";
import { dig, isObject, type JsonObject } from "../../../model/data/json.ts";
import { formatDuration } from "../../../model/document/duration.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { conditionOf, isTrue, nameOf, uidOf } from "../../objects/statusConditions.ts";
import { clip } from "../../refusals/admission.ts";
import { missingReference } from "../../refusals/references.ts";
import type { EventFact } from "../../watches/eventRing.ts";
import { type Finding, found, fromCondition, fromEvent, gravest, progressing } from "../finding.ts";
import type { View } from "../ruleView.ts";
import { containerFinding, MISSING_LASTS } from "./container.ts";
import { nodeLost } from "./node.ts";

const MOUNT_LASTS = 120_000;
/** A scheduler that runs says something of a pod much sooner, even on a large cluster. */
const SCHEDULER_LOOKS = 30_000;
/** Why a pod died through no fault of its program: pod.status.reason, and reasons of the DisruptionTarget condition. */
const INTERRUPTIONS: ReadonlySet<string> = new Set([
  "Evicted",
  "Preempting",
  "NodeLost",
  "NodeShutdown",
  "Terminated",
  "Shutdown",
  "UnexpectedAdmissionError",
  "NodeAffinity",
  "TopologyAffinityError",
  "OutOfcpu",
  "OutOfmemory",
  "OutOfpods",
  "OutOfephemeral-storage",
]);

/** The gravest trouble of the pod, or undefined. */
function podTrouble(pod: Manifest, view: View): Finding | undefined {
  const interrupted = interruption(pod);
  if (interrupted !== undefined) return interrupted;
  const full = diskLimit(pod);
  if (full !== undefined) return full;
  // A pod that has ended for good was replaced by its controller; what is left of it troubles nobody.
  if (isRemains(pod)) return undefined;
  const lost = nodeLost(pod, view);
  if (lost !== undefined) return lost;
  const events = view.events(uidOf(pod));
  const scheduling = schedulingTrouble(pod, view);
  if (scheduling !== undefined) return scheduling;
  const containers = containerPairs(pod).flatMap(({ spec, status, role }) => {
    const finding = containerFinding({ pod, spec, status, role, events, now: view.now });
    return finding === undefined ? [] : [finding];
  });
  return gravest(containers) ?? mountTrouble(pod, events);
}

function isRemains(pod: Manifest): boolean {
  return (
    textAt(pod, "status", "phase") === "Failed" &&
    textAt(pod, "spec", "restartPolicy") !== "Never" &&
    listAt(pod, "metadata", "ownerReferences").length > 0
  );
}

export function interruption(pod: Manifest): Finding | undefined {
  const phaseReason = textAt(pod, "status", "reason");
  const message = textAt(pod, "status", "message");
  const disruption = conditionOf(pod, "DisruptionTarget");
  if (diskLimit(pod) !== undefined) return undefined;
  const named = INTERRUPTIONS.has(phaseReason) || phaseReason.startsWith("OutOf");
  if (isTrue(disruption) && disruption !== undefined) {
    const detail = clip(`${disruption.reason}: ${disruption.message}`);
    return { ...progressing(reason("Interrupted", { detail })), evidence: [fromCondition(pod, disruption)] };
  }
  if (!named || textAt(pod, "status", "phase") !== "Failed") return undefined;
  const evidence = [{ source: "condition", object: nameOf(pod), text: `${phaseReason}: ${message}` }] as const;
  return { ...progressing(reason("Interrupted", { detail: clip(`${phaseReason}: ${message}`) })), evidence };
}

/** Its own disk use is the program's doing, whatever the kubelet calls it. */
export function diskLimit(pod: Manifest): Finding | undefined {
  const message = textAt(pod, "status", "message");
  if (!/ephemeral local storage usage exceeds|Usage of EmptyDir volume .* exceeds the limit/.test(message))
    return undefined;
  const why = reason("DiskLimit", { detail: clip(message.trim().replace(/\.$/, "")) });
  const evidence = [
    { source: "condition", object: nameOf(pod), text: `${textAt(pod, "status", "reason")}: ${message.trim()}` },
  ] as const;
  return { ...progressing(why), evidence };
}

function schedulingTrouble(pod: Manifest, view: View): Finding | undefined {
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled === undefined) return unseen(pod, view.now);
  if (scheduled.status !== "False") return undefined;
  const evidence = [fromCondition(pod, scheduled)];
  const missing = missingReference(scheduled.message);
  // A StatefulSet makes its claims in the same moment as its pods.
  if (missing !== undefined && !(ownerKind(pod) === "StatefulSet" && missing.startsWith("PersistentVolumeClaim"))) {
    const turns = { key: `missing/${missing}`, after: MISSING_LASTS, into: "failed" } as const;
    return { ...found("blocked", reason("MissingReference", { detail: missing }), evidence), turns };
  }
  if (missing !== undefined || /unbound immediate PersistentVolumeClaims/.test(scheduled.message))
    return volumeTrouble(pod, view, evidence);
  return found(
    "blocked",
    reason("Unschedulable", { detail: clip(explainScheduling(scheduled.message || scheduled.reason)) }),
    evidence,
  );
}

/** No scheduler has said anything of it yet. The one that it names may not be running at all: then nobody ever will. */
function unseen(pod: Manifest, now: number): Finding | undefined {
  const isWaiting = textAt(pod, "status", "phase") === "Pending" && textAt(pod, "spec", "nodeName") === "";
  const created = timeAt(pod, "metadata", "creationTimestamp");
  if (!isWaiting || created === undefined) return undefined;
  const scheduler = textAt(pod, "spec", "schedulerName") || "default-scheduler";
  const left = created + SCHEDULER_LOOKS - now;
  if (left > 0) return { ...progressing(reason("Scheduling", { scheduler })), again: left };
  return found("blocked", reason("SchedulerAbsent", { scheduler, delay: formatDuration(SCHEDULER_LOOKS) }));
}

function ownerKind(pod: Manifest): string {
  return textAt(listAt(pod, "metadata", "ownerReferences")[0], "kind");
}

/** A claim is bound a moment after its pod is made: only the provisioner's own words make a trouble of it. */
function volumeTrouble(pod: Manifest, view: View, evidence: Finding["evidence"]): Finding {
  const names = listAt(pod, "spec", "volumes")
    .map((one) => textAt(one, "persistentVolumeClaim", "claimName"))
    .filter((one) => one !== "");
  const claims = view
    .inNamespace("PersistentVolumeClaim", pod.metadata.namespace ?? "")
    .filter((one) => names.includes(one.metadata.name));
  for (const claim of claims) {
    const event = view
      .events(uidOf(claim))
      .findLast((one) => one.reason === "ProvisioningFailed" || one.reason === "FailedBinding");
    if (event === undefined || textAt(claim, "status", "phase") === "Bound") continue;
    return found("blocked", reason("VolumeBlocked", { object: nameOf(claim), detail: clip(event.message) }), [
      fromEvent(event),
      ...evidence,
    ]);
  }
  const object = names.map((name) => `PersistentVolumeClaim/${name}`).join(", ");
  return { ...progressing(reason("VolumePending", { object, detail: "the pod waits for it" })), evidence };
}

function mountTrouble(pod: Manifest, events: readonly EventFact[]): Finding | undefined {
  const creating = containerPairs(pod).some(
    ({ status }) =>
      textAt(status, "state", "waiting", "reason") === "ContainerCreating" ||
      textAt(status, "state", "waiting", "reason") === "PodInitializing",
  );
  if (!creating || conditionOf(pod, "PodScheduled")?.status !== "True") return undefined;
  const event = events.findLast(
    (one) =>
      one.reason === "FailedMount" || one.reason === "FailedAttachVolume" || one.reason === "FailedCreatePodSandBox",
  );
  if (event === undefined || /failed to sync \S+ cache/.test(event.message)) return undefined;
  const missing = missingReference(event.message);
  if (missing !== undefined) {
    const turns = { key: `missing/${missing}`, after: MISSING_LASTS, into: "failed" } as const;
    return { ...found("blocked", reason("MissingReference", { detail: missing }), [fromEvent(event)]), turns };
  }
  if (event.reason === "FailedCreatePodSandBox")
    return { ...progressing(reason("Starting", { object: nameOf(pod) })), evidence: [fromEvent(event)] };
  const turns = { key: "mount", after: MOUNT_LASTS, into: "failed" } as const;
  return {
    ...found("blocked", reason("VolumeMountFailed", { detail: mountWords(event.message) }), [fromEvent(event)]),
    turns,
  };
}

/** `MountVolume.SetUp failed for volume "data" : mount failed: exit status 32 Mounting command: … Output: mount: /long/path: no such host …` */
function mountWords(message: string): string {
  const volume = /for volume "([^"]+)"/.exec(message)?.[1];
  const what = /Mounting arguments: (?:-t (\S+) )?.*?(\S+) \S+\n/.exec(message);
  const output = /Output: (?:mount(?:\.\w+)?: )?(?:\/\S+: )?([^\n]+)/.exec(message)?.[1];
  if (volume === undefined || output === undefined) return clip(message);
  return clip(`${volume}${what === null ? "" : ` (${[what[1], what[2]].filter(Boolean).join(" ")})`}: ${output}`);
}

/** Many wait for a moment for something else; that is told once it lasts. */
const INIT_LASTS = 10_000;

/** Nothing is wrong with it as far as anybody can tell, and nothing goes on until it has ended. */
function initRunning(pod: Manifest, { now }: View): Finding | undefined {
  const going = containerPairs(pod).find(
    ({ role, status }) => role === "init" && isObject(dig(status, "state", "running")),
  );
  const since = timeAt(going?.status, "state", "running", "startedAt");
  if (going === undefined || since === undefined) return undefined;
  const left = since + INIT_LASTS - now;
  if (left > 0) return { ...progressing(reason("Starting", { object: nameOf(pod) })), again: left };
  const container = textAt(going.status, "name");
  const text = `${container}: running since ${textAt(going.status, "state", "running", "startedAt")}`;
  // Whole minutes are enough: every other word would be a report of its own.
  const rounded = now - since < 60_000 ? INIT_LASTS : Math.floor((now - since) / 60_000) * 60_000;
  const why = reason("InitRunning", { container, delay: formatDuration(rounded) });
  return { ...progressing(why), evidence: [{ source: "container", object: nameOf(pod), text }], again: 60_000 };
}

/** What keeps a running pod from being ready: the probe's own words. */
function notReady(pod: Manifest, view: View): Finding | undefined {
  const waiting = containerPairs(pod).find(
    ({ status, role }) =>
      role !== "init" && isObject(status["state"]) && status["ready"] === false && isObject(status["state"]["running"]),
  );
  if (waiting === undefined) return undefined;
  const event = view.events(uidOf(pod)).findLast((one) => one.reason === "Unhealthy");
  const condition = conditionOf(pod, "Ready");
  // A container that has only just started and was not probed yet is starting, nothing more.
  if (event === undefined) return undefined;
  const evidence = [fromEvent(event), ...(condition === undefined ? [] : [fromCondition(pod, condition)])];
  const container = textAt(waiting.status, "name");
  return { ...progressing(reason("NotReady", { container, detail: clip(event.message.trim()) })), evidence };
}

interface ContainerPair {
  readonly spec: JsonObject;
  readonly status: JsonObject;
  readonly role: "init" | "sidecar" | "main";
}

/** In the order in which they start; sidecars are init containers that are restarted always. */
export function containerPairs(pod: Manifest): readonly ContainerPair[] {
  const pairs = (
    specs: string,
    statuses: string,
  ): readonly { readonly spec: JsonObject; readonly status: JsonObject }[] =>
    listAt(pod, "status", statuses).map((status) => ({
      status,
      spec: listAt(pod, "spec", specs).find((one) => one["name"] === status["name"]) ?? {},
    }));
  return [
    ...pairs("initContainers", "initContainerStatuses").map((one) => ({
      ...one,
      role: one.spec["restartPolicy"] === "Always" ? ("sidecar" as const) : ("init" as const),
    })),
    ...pairs("containers", "containerStatuses").map((one) => ({ ...one, role: "main" as const })),
  ];
}

export function isPodReady(pod: Manifest): boolean {
  return isTrue(conditionOf(pod, "Ready")) && pod.metadata.deletionTimestamp === undefined;
}

/** Troubles of pods that ought to become ready, the gravest first; then what a probe says. */
export function gravestTrouble(pods: readonly Manifest[], view: View): Finding | undefined {
  const alive = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  // Whoever is being deleted troubles nobody, unless nobody is there to carry it out and its place is kept for it.
  const stuck = pods
    .filter((pod) => !alive.includes(pod) && ownerKind(pod) === "StatefulSet")
    .flatMap((pod) => nodeLost(pod, view) ?? []);
  const troubles = [...alive.flatMap((pod) => podTrouble(pod, view) ?? []), ...stuck];
  return gravest(troubles) ?? alive.flatMap((pod) => initRunning(pod, view) ?? notReady(pod, view) ?? [])[0];
}

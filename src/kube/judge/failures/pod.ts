// What is wrong with a pod that is not ready: scheduling, volumes, then its containers in the order in which they
// start.
// Evictions, preemption and lost nodes are caused by the cluster and are never reported as the user's mistake.
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
import { found, fromCondition, fromEvent, gravest, type HealthFinding, progressing } from "../finding.ts";
import type { RuleView } from "../ruleView.ts";
import { autoscalerReport } from "./autoscalerReport.ts";
import { containerFinding, MISSING_LASTS } from "./container.ts";
import { gatedFinding } from "./gates.ts";
import { nodeLost } from "./node.ts";

const MOUNT_LASTS = 120_000;
/**
 * Milliseconds without any condition from the scheduler after which it counts as absent. A running scheduler reports
 * much sooner, even on a large cluster.
 */
const SCHEDULER_LOOKS = 30_000;
/**
 * Reasons why a pod ended that are not caused by its program: values of pod.status.reason, and reasons of the
 * DisruptionTarget condition.
 */
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

/** The gravest trouble of the pod, or `undefined`. */
function podTrouble(pod: Manifest, view: RuleView): HealthFinding | undefined {
  const interrupted = interruption(pod);
  if (interrupted !== undefined) return interrupted;
  const full = diskLimit(pod);
  if (full !== undefined) return full;
  // A controller has already replaced a pod that has ended for good, so its remains are not a trouble.
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

export function interruption(pod: Manifest): HealthFinding | undefined {
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

/** Too much local disk use is caused by the program, although the kubelet reports it as an eviction. */
export function diskLimit(pod: Manifest): HealthFinding | undefined {
  const message = textAt(pod, "status", "message");
  if (!/ephemeral local storage usage exceeds|Usage of EmptyDir volume .* exceeds the limit/.test(message))
    return undefined;
  const why = reason("DiskLimit", { detail: clip(message.trim().replace(/\.$/, "")) });
  const evidence = [
    { source: "condition", object: nameOf(pod), text: `${textAt(pod, "status", "reason")}: ${message.trim()}` },
  ] as const;
  return { ...progressing(why), evidence };
}

function schedulingTrouble(pod: Manifest, view: RuleView): HealthFinding | undefined {
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled === undefined) return unseen(pod, view.now);
  if (scheduled.status !== "False") return undefined;
  if (scheduled.reason === "SchedulingGated") return gatedFinding(pod, view);
  const evidence = [fromCondition(pod, scheduled)];
  const missing = missingReference(scheduled.message);
  // A StatefulSet creates its claims at the same moment as its pods, so a missing claim is not an error yet.
  if (missing !== undefined && !(ownerKind(pod) === "StatefulSet" && missing.startsWith("PersistentVolumeClaim"))) {
    const turns = { key: `missing/${missing}`, after: MISSING_LASTS, into: "failed" } as const;
    return { ...found("blocked", reason("MissingReference", { detail: missing }), evidence), turns };
  }
  if (missing !== undefined || /unbound immediate PersistentVolumeClaims/.test(scheduled.message))
    return volumeTrouble(pod, view, evidence);
  const report = autoscalerReport(view.events(uidOf(pod)));
  if (report !== undefined) return found("blocked", report.reason, [fromEvent(report.event), ...evidence]);
  return found(
    "blocked",
    reason("Unschedulable", { detail: clip(explainScheduling(scheduled.message || scheduled.reason)) }),
    evidence,
  );
}

/** The pod has no condition from a scheduler yet. The scheduler that it names may not be running at all. */
function unseen(pod: Manifest, now: number): HealthFinding | undefined {
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

/** A claim is bound shortly after its pod is created, so only an event of the provisioner makes it a trouble. */
function volumeTrouble(pod: Manifest, view: RuleView, evidence: HealthFinding["evidence"]): HealthFinding {
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
  return { ...progressing(reason("VolumePending", { object, detail: "PodWaitsForVolume" })), evidence };
}

function mountTrouble(pod: Manifest, events: readonly EventFact[]): HealthFinding | undefined {
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

/**
 * The useful part of `MountVolume.SetUp failed for volume "data" : mount failed: exit status 32 Mounting command: …
 * Output: mount: /long/path: no such host …`
 */
function mountWords(message: string): string {
  const volume = /for volume "([^"]+)"/.exec(message)?.[1];
  const what = /Mounting arguments: (?:-t (\S+) )?.*?(\S+) \S+\n/.exec(message);
  const output = /Output: (?:mount(?:\.\w+)?: )?(?:\/\S+: )?([^\n]+)/.exec(message)?.[1];
  if (volume === undefined || output === undefined) return clip(message);
  return clip(`${volume}${what === null ? "" : ` (${[what[1], what[2]].filter(Boolean).join(" ")})`}: ${output}`);
}

/** Milliseconds after which a running init container is reported. Many wait briefly for another program. */
const INIT_LASTS = 10_000;

/** An init container that still runs. It shows no error, but the pod does not continue until it has ended. */
function initRunning(pod: Manifest, { now }: RuleView): HealthFinding | undefined {
  const going = containerPairs(pod).find(
    ({ role, status }) => role === "init" && isObject(dig(status, "state", "running")),
  );
  const since = timeAt(going?.status, "state", "running", "startedAt");
  if (going === undefined || since === undefined) return undefined;
  const left = since + INIT_LASTS - now;
  if (left > 0) return { ...progressing(reason("Starting", { object: nameOf(pod) })), again: left };
  const container = textAt(going.status, "name");
  const text = `${container}: running since ${textAt(going.status, "state", "running", "startedAt")}`;
  // The time is rounded to minutes, because every change of the text is reported as a change of health.
  const rounded = now - since < 60_000 ? INIT_LASTS : Math.floor((now - since) / 60_000) * 60_000;
  const why = reason("InitRunning", { container, delay: formatDuration(rounded) });
  return { ...progressing(why), evidence: [{ source: "container", object: nameOf(pod), text }], again: 60_000 };
}

/** Why a running pod is not ready: the message of its failing probe. */
function notReady(pod: Manifest, view: RuleView): HealthFinding | undefined {
  const waiting = containerPairs(pod).find(
    ({ status, role }) =>
      role !== "init" && isObject(status["state"]) && status["ready"] === false && isObject(status["state"]["running"]),
  );
  if (waiting === undefined) return undefined;
  const event = view.events(uidOf(pod)).findLast((one) => one.reason === "Unhealthy");
  const condition = conditionOf(pod, "Ready");
  // Without an event, the container has just started and was not probed yet.
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

/** The containers in the order in which they start. Sidecars are init containers with restartPolicy Always. */
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

/**
 * The gravest trouble of the pods that should become ready; without one, a running init container or a failing probe.
 */
export function gravestTrouble(pods: readonly Manifest[], view: RuleView): HealthFinding | undefined {
  const alive = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  // A pod that is being deleted is no trouble, unless it belongs to a StatefulSet and its node is lost: then the
  // deletion never completes, and the StatefulSet does not create the pod again.
  const stuck = pods
    .filter((pod) => !alive.includes(pod) && ownerKind(pod) === "StatefulSet")
    .flatMap((pod) => nodeLost(pod, view) ?? []);
  const troubles = [...alive.flatMap((pod) => podTrouble(pod, view) ?? []), ...stuck];
  return gravest(troubles) ?? alive.flatMap((pod) => initRunning(pod, view) ?? notReady(pod, view) ?? [])[0];
}

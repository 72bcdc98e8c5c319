// Job: it has ended when its condition has status True; the presence of a condition alone is not enough.
// Kubernetes never fails a Job because of an image or a missing Secret. The rules for its pods
// (src/kube/judge/failures/pod.ts) decide there (kubernetes#101584).

import { numberAt, textAt, timeAt } from "../../../../model/data/fieldReaders.ts";
import { formatDuration } from "../../../../model/document/duration.ts";
import type { Evidence } from "../../../../model/kubernetes/health.ts";
import type { Manifest } from "../../../../model/kubernetes/manifest.ts";
import { queueOf } from "../../../../model/kubernetes/podGroups.ts";
import { type Reason, reason } from "../../../../model/reasons/reason.ts";
import { conditionOf, isTrue, nameOf, type StatusCondition, uidOf } from "../../../objects/statusConditions.ts";
import { shortened } from "../../failures/container.ts";
import { failedCreation } from "../../failures/creation.ts";
import { nodeLost } from "../../failures/node.ts";
import { containerPairs, diskLimit, gravestTrouble, interruption } from "../../failures/pod.ts";
import {
  found,
  fromCondition,
  fromContainer,
  type HealthFinding,
  type LogSource,
  progressing,
  ready,
  starting,
} from "../../finding.ts";
import type { RuleView } from "../../ruleView.ts";
import type { RuleInput } from "../rule.ts";
import { gangFinding, gangProgress, gangSize, isFirst, isMember } from "./gang.ts";
import { queuedFinding } from "./queuedJob.ts";

export function jobStatus({ object, view }: RuleInput): HealthFinding {
  const pods = view.ownedBy("Pod", uidOf(object));
  const wanted = numberAt(object, "spec", "completions") || 1;
  const facts = { ready: numberAt(object, "status", "succeeded"), wanted };
  const failed = conditionOf(object, "Failed") ?? conditionOf(object, "FailureTarget");
  if (isTrue(conditionOf(object, "Complete")))
    return { ...ready({ ...facts, ...lastWordsOf(pods) }), reason: reason("Completed") };
  if (failed !== undefined && isTrue(failed)) return { ...failedJob({ object, view }, failed, pods), facts };
  if (isTrue(conditionOf(object, "SuccessCriteriaMet"))) return progressing(reason("TaskRunning"), facts);
  // Kueue suspends what it has not admitted, also after it evicted it: its old pods are then ending.
  const isSuspended = isTrue(conditionOf(object, "Suspended"));
  const isHeld = isSuspended && queueOf(object) === "kueue";
  const queued = !isHeld && pods.some(hasBegun) ? undefined : queuedFinding(object, view);
  if (queued !== undefined) return { ...queued, facts };
  if (isHeld) return { ...starting(object), facts };
  if (isSuspended) return { ...found("suspended", reason("Suspended", { object: nameOf(object) })), facts };
  return { ...running(object, pods, view), facts };
}

function hasBegun(pod: Manifest): boolean {
  return !["", "Pending"].includes(textAt(pod, "status", "phase"));
}

/** The termination message of the main container in the pod that succeeded; for a gang, the pod with index 0. */
function lastWordsOf(pods: readonly Manifest[]): { readonly said?: string } {
  const pod = pods.find((one) => textAt(one, "status", "phase") === "Succeeded" && isFirst(one));
  const main = pod === undefined ? undefined : containerPairs(pod).find((one) => one.role === "main");
  const said = main === undefined ? "" : textAt(main.status, "state", "terminated", "message");
  return said === "" ? {} : { said };
}

function running(object: Manifest, pods: readonly Manifest[], view: RuleView): HealthFinding {
  const active = pods.filter((pod) => !["Succeeded", "Failed"].includes(textAt(pod, "status", "phase")));
  const trouble = gravestTrouble(active, view);
  // The Job counts failures of the program itself (backoffLimit) and decides when to give up. Until then they are only
  // shown as evidence.
  const isGang = gangSize(object) > 1;
  if (trouble !== undefined && isProgram(trouble))
    return {
      ...progressing(isGang ? gangProgress(object, pods) : reason("TaskRunning")),
      evidence: trouble.evidence,
    };
  if (isGang) return gangFinding({ job: object, pods, trouble, view });
  if (trouble !== undefined) return trouble;
  if (pods.length === 0) return failedCreation(object, pods, view) ?? starting(object);
  return pods.some(hasBegun) ? progressing(reason("TaskRunning")) : starting(object);
}

function isProgram(finding: HealthFinding): boolean {
  return ["CrashLoop", "ProbeKilled", "OutOfMemory", "InitFailed"].includes(finding.reason.code);
}

function failedJob(
  { object, view }: Pick<RuleInput, "object" | "view">,
  condition: StatusCondition,
  pods: readonly Manifest[],
): HealthFinding {
  const { last, cause } = decisive(pods);
  const evidence = [...(cause?.evidence ?? []), fromCondition(object, condition)];
  const source = cause?.log ?? (last === undefined ? undefined : mainLog(last));
  const log = source === undefined ? {} : { log: source };
  if (condition.reason === "DeadlineExceeded") {
    const limit = formatDuration(numberAt(object, "spec", "activeDeadlineSeconds") * 1_000);
    const lost = pods.flatMap((pod) => nodeLost(pod, view) ?? [])[0];
    const deadline = reason("Deadline", { limit }, lost?.reason ?? reason("TaskRunning"));
    return { ...found("failed", deadline, [...(lost?.evidence ?? []), ...evidence]), ...log };
  }
  return { ...found("failed", cause?.reason ?? reason("TaskFailed", { exitCode: "unknown" }), evidence), ...log };
}

/**
 * The newest pod that failed by itself, else the newest pod. When the Job of a gang gives up, it ends the other pods:
 * these have exit codes too, but they are not the cause.
 */
function decisive(pods: readonly Manifest[]): { readonly last?: Manifest; readonly cause?: LastExit } {
  const newest = [...pods].sort(
    (a, b) => (timeAt(b, "metadata", "creationTimestamp") ?? 0) - (timeAt(a, "metadata", "creationTimestamp") ?? 0),
  );
  const own = newest.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  for (const last of own) {
    const cause = lastExit(last);
    if (cause !== undefined) return { last, cause };
  }
  const [last] = newest;
  const cause = last === undefined ? undefined : endedFromOutside(last, lastExit(last));
  return { ...(last === undefined ? {} : { last }), ...(cause === undefined ? {} : { cause }) };
}

/** Exit codes of a program that was asked to end or was killed. */
const TOLD_TO_END: ReadonlySet<unknown> = new Set([137, 143]);

/**
 * When the only pod was being deleted while its program ended, the deletion is the cause and not the program. This does
 * not hold for a gang, because a Job that gives up deletes its own pods.
 */
function endedFromOutside(pod: Manifest, exit: LastExit | undefined): LastExit | undefined {
  const { code, params } = exit?.reason ?? {};
  if (exit === undefined || pod.metadata.deletionTimestamp === undefined || isMember(pod)) return exit;
  if (code !== "TaskFailed" || !TOLD_TO_END.has(params?.["exitCode"])) return exit;
  return { ...exit, reason: reason("PodDeleted", { pod: nameOf(pod), exitCode: params?.["exitCode"] ?? "unknown" }) };
}

interface LastExit {
  readonly reason: Reason;
  readonly evidence: readonly Evidence[];
  readonly log?: LogSource;
}

/** The first container, in starting order, that failed. Later containers fail only as a consequence. */
function lastExit(pod: Manifest): LastExit | undefined {
  const byCluster = interruption(pod) ?? diskLimit(pod);
  if (byCluster !== undefined) return byCluster;
  for (const { spec, status, role } of containerPairs(pod)) {
    const which = textAt(status, "state", "terminated", "reason") === "" ? "lastState" : "state";
    const exitCode = numberAt(status, which, "terminated", "exitCode");
    const why = textAt(status, which, "terminated", "reason");
    if (exitCode === 0 || (role === "sidecar" && textAt(pod, "status", "phase") === "Succeeded")) continue;
    const container = textAt(status, "name");
    const message = textAt(status, which, "terminated", "message");
    const log = {
      namespace: pod.metadata.namespace ?? "",
      pod: pod.metadata.name,
      container,
      previous: which === "lastState",
    };
    const evidence = [
      fromContainer(pod, container, `${why} exit code ${exitCode}${message === "" ? "" : `: ${message}`}`),
    ];
    return {
      reason: exitReason({
        container,
        exitCode,
        why,
        message,
        role,
        limit: textAt(spec, "resources", "limits", "memory"),
      }),
      evidence,
      log,
    };
  }
  return undefined;
}

/** The log of the main container, for a Job that was ended from outside. */
function mainLog(pod: Manifest): LogSource | undefined {
  const main = containerPairs(pod).find((one) => one.role === "main");
  if (main === undefined) return undefined;
  return {
    namespace: pod.metadata.namespace ?? "",
    pod: pod.metadata.name,
    container: textAt(main.status, "name"),
    previous: false,
  };
}

interface Exit {
  readonly container: string;
  readonly exitCode: number;
  readonly why: string;
  readonly message: string;
  readonly role: string;
  readonly limit: string;
}

function exitReason({ container, exitCode, why, message, role, limit }: Exit): Reason {
  if (why === "OOMKilled") return reason("OutOfMemory", { container, limit: limit || "LimitOfNode" });
  if (why === "StartError" || why === "ContainerCannotRun")
    return reason("CannotStart", { container, detail: shortened(message) });
  return role === "init" ? reason("InitFailed", { container, exitCode }) : reason("TaskFailed", { exitCode });
}

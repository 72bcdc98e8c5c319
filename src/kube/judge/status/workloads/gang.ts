// The pods of an indexed Job that must run at the same time: how many run, and the trouble when some have a node and
// others have none. The default scheduler places each pod separately, so half of a gang may occupy devices while the
// other half waits. That is reported, and never shown as running.
import { numberAt, textAt } from "../../../../model/data/fieldReaders.ts";
import type { Manifest } from "../../../../model/kubernetes/manifest.ts";
import { type ReasonCode, reason } from "../../../../model/reasons/reason.ts";
import { NO_NODE_YET } from "../../../../model/run/jobEnding.ts";
import { failedCreation } from "../../failures/creation.ts";
import { type HealthFinding, progressing, starting } from "../../finding.ts";
import type { RuleView } from "../../ruleView.ts";

const INDEX = "batch.kubernetes.io/job-completion-index";
/** Reasons why a pod has no node. */
const NO_PLACE: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  ...NO_NODE_YET,
  "SchedulerAbsent",
  "QuotaExceeded",
  "QuotaBusy",
]);

/** How many pods run at the same time; 1 when the Job is not a gang. */
export function gangSize(job: Manifest): number {
  if (textAt(job, "spec", "completionMode") !== "Indexed") return 1;
  return Math.min(numberAt(job, "spec", "parallelism"), numberAt(job, "spec", "completions"));
}

/** Whether the pod has an index, so that it is a member of a gang. */
export function isMember(pod: Manifest): boolean {
  return textAt(pod, "metadata", "annotations", INDEX) !== "";
}

/** Whether the pod is the one with index 0, or has no index because it is the only one. */
export function isFirst(pod: Manifest): boolean {
  return ["", "0"].includes(textAt(pod, "metadata", "annotations", INDEX));
}

interface Gang {
  readonly job: Manifest;
  readonly pods: readonly Manifest[];
  readonly trouble: HealthFinding | undefined;
  readonly view: RuleView;
}

export function gangFinding({ job, pods, trouble, view }: Gang): HealthFinding {
  const count = gangSize(job);
  const wrong = trouble ?? (pods.length < count ? failedCreation(job, pods, view) : undefined);
  const placed = pods.filter((pod) => textAt(pod, "spec", "nodeName") !== "").length;
  if (wrong !== undefined && NO_PLACE.has(wrong.reason.code) && placed > 0)
    return { ...wrong, reason: reason("PodsPartlyPlaced", { placed, count }, wrong.reason) };
  if (wrong !== undefined) return wrong;
  const [begun, done] = [countIn(pods, ["Running", "Succeeded", "Failed"]), doneOf(job, pods)];
  if (begun === 0) return starting(job);
  return progressing(gangProgress(job, pods, begun < count && done + numberAt(job, "status", "failed") === 0));
}

/**
 * `first` is true while not all pods have started yet. A pod that is created again after all have started does not
 * count.
 */
export function gangProgress(job: Manifest, pods: readonly Manifest[], first = false): HealthFinding["reason"] {
  const [running, count] = [countIn(pods, ["Running"]), gangSize(job)];
  if (first) return reason("PodsStarting", { running, count });
  return reason("PodsRunning", { running, count, done: doneOf(job, pods) });
}

/** The Job's own count lags behind its pods, but includes pods that no longer exist, so the larger number is used. */
function doneOf(job: Manifest, pods: readonly Manifest[]): number {
  return Math.max(numberAt(job, "status", "succeeded"), countIn(pods, ["Succeeded"]));
}

function countIn(pods: readonly Manifest[], phases: readonly string[]): number {
  return pods.filter((pod) => phases.includes(textAt(pod, "status", "phase"))).length;
}

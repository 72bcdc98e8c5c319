// The pods of an indexed Job that work side by side: how many run, and the trouble when some have their place and others have none. The
// plain scheduler places pod by pod, so that half of a gang may hold devices while the other half waits: that is told, and never called running.
import { numberAt, textAt } from "../../../../model/data/fieldReaders.ts";
import type { Manifest } from "../../../../model/kubernetes/manifest.ts";
import { type ReasonCode, reason } from "../../../../model/reasons/reason.ts";
import { failedCreation } from "../../failures/creation.ts";
import { type Finding, progressing, starting } from "../../finding.ts";
import type { View } from "../../ruleView.ts";

const INDEX = "batch.kubernetes.io/job-completion-index";
/** The pod has no node, and somebody says why. */
const NO_PLACE: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "Unschedulable",
  "SchedulerAbsent",
  "QuotaExceeded",
  "QuotaBusy",
]);

/** How many pods run side by side; 1 where it is no gang. */
export function gangSize(job: Manifest): number {
  if (textAt(job, "spec", "completionMode") !== "Indexed") return 1;
  return Math.min(numberAt(job, "spec", "parallelism"), numberAt(job, "spec", "completions"));
}

/** The pod that speaks for all of them. Without an index: the only one. */
export function isMember(pod: Manifest): boolean {
  return textAt(pod, "metadata", "annotations", INDEX) !== "";
}

export function isFirst(pod: Manifest): boolean {
  return ["", "0"].includes(textAt(pod, "metadata", "annotations", INDEX));
}

interface Gang {
  readonly job: Manifest;
  readonly pods: readonly Manifest[];
  readonly trouble: Finding | undefined;
  readonly view: View;
}

export function gangFinding({ job, pods, trouble, view }: Gang): Finding {
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

/** `first`: not all of them have run yet. An index that is made anew after all had begun does not make it a beginning again. */
export function gangProgress(job: Manifest, pods: readonly Manifest[], first = false): Finding["reason"] {
  const [running, count] = [countIn(pods, ["Running"]), gangSize(job)];
  if (first) return reason("PodsStarting", { running, count });
  return reason("PodsRunning", { running, count, done: doneOf(job, pods) });
}

/** The Job counts a moment later than its pods end, and goes on counting those that are gone. */
function doneOf(job: Manifest, pods: readonly Manifest[]): number {
  return Math.max(numberAt(job, "status", "succeeded"), countIn(pods, ["Succeeded"]));
}

function countIn(pods: readonly Manifest[], phases: readonly string[]): number {
  return pods.filter((pod) => phases.includes(textAt(pod, "status", "phase"))).length;
}

// Turns the verdict on a program's objects into the phase in which the job that waits for them ends. A job ends as
// `failed` only if its program ran, or if the document asked for something wrong; every other ending has its own phase.
import type { HealthState } from "../kubernetes/health.ts";
import type { ReasonCode } from "../reasons/reason.ts";
import type { BadEnding } from "./phase.ts";

/** Reasons with which the program never ran. The column `who` of the reason says who has to fix it. */
const NEVER_RAN: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "ImageInvalidName",
  "ImageNotFound",
  "ImageUnauthorized",
  "ImageWrongArchitecture",
  "ImageRegistryUnreachable",
  "ImagePullFailed",
  "MissingReference",
  "VolumeMountFailed",
  "VolumeLost",
  "VolumeBlocked",
  "CannotStart",
  "WebhookDown",
]);

/** Reasons that another attempt may not meet again. */
const MAY_PASS: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "ImageRegistryUnreachable",
  "VolumeMountFailed",
  "ClusterUnreachable",
  "Interrupted",
  "WebhookDown",
]);

/** Reasons with which a pod has no node, and the scheduler or an autoscaler looks for one. */
export const NO_NODE_YET: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "Unschedulable",
  "NodeComing",
  "NodeStarting",
  "NoNewNode",
]);

export function endingOf(state: HealthState, code: ReasonCode): BadEnding {
  if (state === "rejected") return "rejected";
  if (code === "Interrupted") return "interrupted";
  if (code === "Deadline") return "timed-out";
  if (NO_NODE_YET.has(code) || code === "QueueGaveUp") return "expired";
  return NEVER_RAN.has(code) ? "start-failed" : "failed";
}

/** Whether another attempt could end differently although no person changes anything. */
export function mayPass(code: ReasonCode): boolean {
  return MAY_PASS.has(code);
}

const PROGRAM_RUNS: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "TaskRunning",
  "PodsRunning",
  "TaskFailed",
  "PodDeleted",
  "CrashLoop",
  "ProbeKilled",
  "OutOfMemory",
  "InitFailed",
  "DiskLimit",
  "NotReady",
  "JobProgress",
  "Completed",
]);

/** Whether the user's program has not begun: its pod waits for a node, for its image or for its start. */
export function isBeforeStart(code: ReasonCode): boolean {
  return !PROGRAM_RUNS.has(code);
}

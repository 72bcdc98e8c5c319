// What the verdict on a program's objects means for the job that waits for them: whose turn it is, said by the word of its ending.
// A job has failed only if its program ran, or if what it asked for was wrong.
import type { HealthState } from "../kubernetes/health.ts";
import type { ReasonCode } from "../reasons/reason.ts";
import type { BadEnding } from "./phase.ts";

/** The program never ran. Whether the document or the cluster is to blame is said by the reason's own "who". */
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

/** What may pass by itself when another attempt is made. */
const MAY_PASS: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "ImageRegistryUnreachable",
  "VolumeMountFailed",
  "ClusterUnreachable",
  "Interrupted",
  "WebhookDown",
]);

export function endingOf(state: HealthState, code: ReasonCode): BadEnding {
  if (state === "rejected") return "rejected";
  if (code === "Interrupted") return "interrupted";
  if (code === "Deadline") return "timed-out";
  if (code === "Unschedulable" || code === "QueueGaveUp") return "expired";
  return NEVER_RAN.has(code) ? "start-failed" : "failed";
}

/** Whether the same attempt could end differently without anybody changing anything. */
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

/** Waiting to be scheduled, pulled or started: the user's program has not begun. */
export function isBeforeStart(code: ReasonCode): boolean {
  return !PROGRAM_RUNS.has(code);
}

// Finds the job with which a series of skipped jobs began. A job that was skipped because another one did not succeed
// names that first job, not the job directly before it.
import type { Job } from "../../model/run/run.ts";

/** The name of the first job. `job` is the job that was needed and did not succeed, and `name` is its name. */
export function rootName(job: Job | undefined, name: string): string {
  if (job?.phase !== "skipped" || job.reason.code !== "DependencyFailed") return name;
  return String(job.reason.params["component"] ?? name);
}

/**
 * Whether the job was skipped because its own condition was false. Nothing is wrong then, and the jobs after it go on.
 */
export function isLeftOut(job: Pick<Job, "phase" | "reason">): boolean {
  return job.phase === "skipped" && job.reason.code === "ConditionFalse";
}

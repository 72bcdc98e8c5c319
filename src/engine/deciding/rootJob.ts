// Which job something came from: a job that was skipped because another one did not succeed names the one that everything began with, and
// not its neighbour.
import type { Job } from "../../model/run/run.ts";

/** `job` is what a skipped job needed, and what did not succeed. */
export function rootName(job: Job | undefined, name: string): string {
  if (job?.phase !== "skipped" || job.reason.code !== "DependencyFailed") return name;
  return String(job.reason.params["component"] ?? name);
}

/** Its own condition did not hold: nothing is wrong, and what comes after it goes on. */
export function isLeftOut(job: Pick<Job, "phase" | "reason">): boolean {
  return job.phase === "skipped" && job.reason.code === "ConditionFalse";
}

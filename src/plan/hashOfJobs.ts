// The hash of a plan: equal hashes mean that nothing would change.
import { contentHash } from "../model/data/hash.ts";
import { writtenName } from "../model/kubernetes/name.ts";
import type { PlannedJob } from "../model/run/plan.ts";

/**
 * The jobs are hashed in their stored form, with "" for no component, so that the same plan has the same hash in all
 * versions of the program.
 */
export function hashOfJobs(jobs: readonly PlannedJob[]): string {
  return contentHash(jobs.map((job) => ({ ...job, component: writtenName(job.component) })));
}

// Content hashes. Equal values give equal hashes, whatever order their keys were written in.
import { createHash } from "node:crypto";
import { canonicalJson } from "../model/json.ts";
import { writtenName } from "../model/name.ts";
import type { PlannedJob } from "../model/plan.ts";

/** SHA-256 of the canonical JSON, in hex. */
export function contentHash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/** Of a plan's jobs as they are written, so that the same plan has the same hash in all versions of the program. */
export function hashOfJobs(jobs: readonly PlannedJob[]): string {
  return contentHash(jobs.map((job) => ({ ...job, component: writtenName(job.component) })));
}

// How a registered type runs: one value for each tier. The engine never sees which.
import type { JobOutcome, JobRun } from "../../catalog/job.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Problem } from "../../model/problem.ts";
import type { Registration } from "../registration.ts";

export interface Tier {
  run(job: JobRun<unknown>, order: TierOrder): Promise<JobOutcome>;
  /** Stops what an attempt left running. */
  stop(job: JobRun<unknown>): Promise<void>;
}

export interface TierOrder {
  readonly registration: Registration;
  /** What isolation makes of a pod template for this run. */
  readonly isolate: (template: JsonObject, job: JobRun<unknown>) => Promise<IsolatedPod>;
}

export interface IsolatedPod {
  readonly problems: readonly Problem[];
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
  readonly alongside: readonly Manifest[];
}

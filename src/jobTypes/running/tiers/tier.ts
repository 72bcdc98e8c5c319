// How a registered type runs: one value for each tier. The engine never sees which.
import type { JobOutcome, JobRun } from "../../../catalog/job.ts";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import type { Problem } from "../../../model/problems/problem.ts";
import type { RegisteredType } from "../../registration/registeredType.ts";

export interface Tier {
  run(job: JobRun<unknown>, order: TierOrder): Promise<JobOutcome>;
  /** Stops what an attempt left running; the job is given as its pod sees it. */
  stop(job: JobRun<unknown>): Promise<void>;
}

export interface TierOrder {
  readonly type: RegisteredType;
  /** What isolation makes of a pod for this run. Throws ClusterError when the cluster refuses what the pod needs around it. */
  readonly isolate: (draft: PodDraft, job: JobRun<unknown>) => Promise<IsolatedPod>;
}

/** Everything filled in. */
export interface PodDraft {
  readonly template: JsonObject;
  readonly targets: readonly string[];
  /** How many of it work side by side, and may talk to each other. */
  readonly pods: number;
  /** Address at which the program tells of itself; undefined: it does not. */
  readonly callback?: string;
}

export interface IsolatedPod {
  readonly problems: readonly Problem[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
  readonly alongside: readonly Manifest[];
}

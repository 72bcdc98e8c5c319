// The interface of a tier, which runs the jobs of a registered type. There is one value for each tier, and the engine
// does not know which tier a type uses.
import type { JobOutcome, JobRun } from "../../../catalog/job.ts";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import type { Problem } from "../../../model/problems/problem.ts";
import type { RegisteredType } from "../../registration/registeredType.ts";

export interface Tier {
  run(job: JobRun<unknown>, order: TierOrder): Promise<JobOutcome>;
  /**
   * Removes what an attempt that ended without success still holds. The job must be in its job namespace (see
   * `runPlace`).
   */
  release(job: JobRun<unknown>): Promise<void>;
}

export interface TierOrder {
  readonly type: RegisteredType;
  /**
   * Isolates the pod for this run. Throws a `ClusterError` when the cluster refuses the namespace, the account or its
   * rights.
   */
  readonly isolate: (draft: PodDraft, job: JobRun<unknown>) => Promise<IsolatedPod>;
}

/** A pod whose placeholders are filled in, before isolation. */
export interface PodDraft {
  readonly template: JsonObject;
  readonly targets: readonly string[];
  /** Number of pods that run at the same time and may connect to each other. */
  readonly pods: number;
  /** Address to which the program reports. Absent when the program does not report. */
  readonly callback?: string;
}

export interface IsolatedPod {
  readonly problems: readonly Problem[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
  readonly alongside: readonly Manifest[];
}

// The types of one attempt of one job: what the attempt gets, what it reports, and how it may end. execute.ts runs it.
import type { JobOutcome, RunTime } from "../../catalog/job.ts";
import type { JsonObject } from "../../model/data/json.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import type { Reason } from "../../model/reasons/reason.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { News } from "../../ports/news.ts";
import type { HeldLock } from "../../ports/store.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { Interruption } from "../deciding/attemptOutcome.ts";
import type { StepDeadline } from "../deciding/clocks.ts";
import type { AttemptMask } from "../secrets/masking.ts";

export type AttemptDependencies = Dependencies<
  "store" | "clusters" | "jobTypes" | "vault" | "clock" | "log" | "outgoing" | "publicUrl"
>;

export interface Attempt {
  readonly run: Run;
  readonly job: Job;
  readonly mask: AttemptMask;
  /** True when the attempt began under an earlier driver. */
  readonly resumed: boolean;
  /** Aborts when a cancel stops the job. Its abort reason is the name of the user who cancelled. */
  readonly cancelled: AbortSignal;
  /** Aborts when this process no longer drives the run. */
  readonly lost: AbortSignal;
  readonly report: (progress: AttemptProgress) => void;
  /** Records that the job type threw an unexpected error. `stack` contains no secret. */
  readonly threw: (stack: string) => void;
  /** False as soon as another process may drive the run. */
  readonly holds: () => boolean;
  /** Announces that a message for the run may have come. */
  readonly messageNews: News;
  /**
   * Marks the job as one that only waits: until that time, or, when it is `null`, for a message. The returned function
   * removes the mark.
   */
  readonly wait: (until: Date | null) => () => void;
  /** The input, with the outputs of other jobs filled in. */
  readonly input: JsonObject;
  /** The step around the job whose time is over first. `null` when no such step has a time limit. */
  readonly within: StepDeadline | null;
  readonly runTime: RunTime;
  /** Aborts when a lock that the job holds was given to another job. */
  readonly displaced: AbortSignal;
  /** The locks that the job holds while it runs. */
  readonly locks: readonly HeldLock[];
}

/** What a job reports while its attempt is under way. */
export interface AttemptProgress {
  readonly reason: Reason;
  readonly evidence: readonly Evidence[];
  readonly phase: "pending" | "running";
}

export type AttemptResult = JobOutcome | Interruption | "left";

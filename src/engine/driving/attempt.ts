// One attempt of one job: what it is given, what it tells, what it may end with.
import type { JobOutcome, RunTime } from "../../catalog/job.ts";
import type { JsonObject } from "../../model/data/json.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import type { Reason } from "../../model/reasons/reason.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { News } from "../../ports/news.ts";
import type { HeldLock } from "../../ports/store.ts";
import type { Interruption } from "../deciding/attemptOutcome.ts";
import type { StepDeadline } from "../deciding/clocks.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import type { AttemptMask } from "../secrets/masking.ts";

export type AttemptDependencies = Dependencies<
  "store" | "clusters" | "jobTypes" | "vault" | "clock" | "log" | "outgoing" | "publicUrl"
>;

export interface Attempt {
  readonly run: Run;
  readonly job: Job;
  readonly mask: AttemptMask;
  /** Taken up from an earlier life of the process. */
  readonly resumed: boolean;
  /** Aborts when somebody cancels; its reason is who. */
  readonly cancelled: AbortSignal;
  /** Aborts when this process no longer drives the run. */
  readonly lost: AbortSignal;
  readonly report: (progress: AttemptProgress) => void;
  /** Its type threw what was not expected; the text holds no secret. */
  readonly threw: (stack: string) => void;
  /** False once somebody else may drive the run. */
  readonly holds: () => boolean;
  /** Announces that a message for the run may have come. */
  readonly messageNews: News;
  /** From now on the job only waits: for that time, or (null) for a message. The function it returns ends that. */
  readonly wait: (until: Date | null) => () => void;
  /** The input with everything filled in that other jobs gave. */
  readonly input: JsonObject;
  /** The step around it whose time is over first. */
  readonly within: StepDeadline | null;
  readonly runTime: RunTime;
  /** Aborts when a lock that the job holds was given to somebody else. */
  readonly displaced: AbortSignal;
  /** What it holds while it runs. */
  readonly locks: readonly HeldLock[];
}

/** What a job tells while it is under way. */
export interface AttemptProgress {
  readonly reason: Reason;
  readonly evidence: readonly Evidence[];
  readonly phase: "pending" | "running";
}

export type AttemptResult = JobOutcome | Interruption | "left";

// The state of one driver of one run, in memory. A new driver can build all of it from the store; driveRun.ts does so.

import type { JobDefinition } from "../../catalog/define.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { type Reason, reasonData } from "../../model/reasons/reason.ts";
import type { NewEvent } from "../../model/run/event.ts";
import type { Grounds } from "../../model/run/grounds.ts";
import { outlivesCancel } from "../../model/run/plan.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { Lease } from "../../ports/dispatch.ts";
import type { News } from "../../ports/news.ts";
import type { HeldLock } from "../../ports/store.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { StartRefusal } from "../deciding/advance.ts";
import type { ClockReading } from "../deciding/clocks.ts";
import type { Mask } from "../secrets/masking.ts";
import type { AttemptDependencies, AttemptProgress, AttemptResult } from "./attempt.ts";

export type DriveDependencies = AttemptDependencies & Dependencies<"dispatch" | "breakers">;

/** The attempts that this process works on. The key of each map is the name of the job. */
interface AttemptsUnderWay {
  /** Jobs that have an attempt in this process. */
  readonly running: Set<string>;
  /** Outcomes of attempts since the last step. The next step takes them in. */
  readonly results: Map<string, Exclude<AttemptResult, "left">>;
  /** What attempts reported since the last step. */
  readonly reports: Map<string, AttemptProgress>;
  /**
   * Active jobs that only wait for a message or a time, with the latest time. `null` when only a message ends the wait.
   */
  readonly quiet: Map<string, Date | null>;
  /** The numbers of the attempts that had begun before this driver took over the run. */
  readonly resumed: ReadonlyMap<string, number>;
  /** For each job with an attempt: aborts when a lock that the job holds was given to another job. */
  readonly displaced: Map<string, AbortController>;
}

/** The locks of a run's jobs, and the limits of their types. The key of each map is the name of the job. */
export interface LocksOfRun {
  /** The locks that each active job holds. */
  readonly held: Map<string, readonly HeldLock[]>;
  /** Why the store did not give a job its lock. Forgotten when the run is woken, or when the time in it is over. */
  readonly refused: Map<string, StartRefusal>;
  /** `key job` for each lock that a job of the run is queued for. */
  readonly queued: Set<string>;
}

/** Signals from outside that end the work on a run or on its jobs. */
interface DriveSignals {
  readonly cancelled: AbortController;
  /** Stops final jobs, which a cancel alone does not stop. */
  readonly finalSkipped: AbortController;
  /** Aborts when this process no longer drives the run. */
  readonly lost: AbortController;
}

export interface Driver {
  readonly dependencies: DriveDependencies;
  readonly lease: Lease;
  /** The number of this driver. The store refuses what a driver with an older one writes. */
  readonly fence: number;
  run: Run;
  /** The jobs by name, as they are in the store. */
  jobs: Map<string, Job>;
  readonly mask: Mask;
  /** Why another process should drive the run. `null` when this one should. */
  readonly elsewhere: Reason | null;
  readonly attempts: AttemptsUnderWay;
  readonly locks: LocksOfRun;
  readonly signals: DriveSignals;
  /** Announces that the run was paused or resumed. */
  readonly pauseNews: News;
  /** Announces that a job of the run may have got a message. */
  readonly messageNews: News;
  /** Set when the store could not keep what a job did. The job is not to blame, so the whole drive is tried again. */
  trouble: Error | null;
  /** Announces outcomes, reports, wakes of the lease, and trouble. */
  readonly news: News;
}

/** The part of a driver that functions about its jobs need. */
export type DrivenRun = Pick<Driver, "dependencies" | "run">;

/** The present time and the pauses of the run, from which its clocks are read. */
export function watchOf({ dependencies, run }: DrivenRun): ClockReading {
  return { now: dependencies.clock.now(), pauses: run.pauses };
}

/**
 * Aborts when a cancel stops the job. Final jobs clean up after a run, so a cancel stops them only when the user skips
 * them too.
 */
export function cancelSignal({ cancelled, finalSkipped }: DriveSignals, job: Job): AbortSignal {
  return (outlivesCancel(job.plan) ? finalSkipped : cancelled).signal;
}

export function definitionOf({ dependencies, run }: DrivenRun, job: Job): JobDefinition | undefined {
  return dependencies.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion);
}

export function eventOf(run: Run, type: NewEvent["type"], data: JsonObject): NewEvent {
  return { project: run.project, application: run.application, run: run.id, type, data };
}

/** The event for a job that changed, with the facts on which the decision was made. */
export function changedEvent(
  run: Run,
  { name, phase, attempt, reason }: Job,
  grounds: Grounds | null = null,
): NewEvent {
  const data = { job: name, phase, attempt, reason: reasonData(reason) };
  return eventOf(run, "job.changed", grounds === null ? data : { ...data, grounds });
}

// The state of one driver of one run, in memory. All of it can be built again from the store.

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
import type { StartRefusal } from "../deciding/advance.ts";
import type { ClockReading } from "../deciding/clocks.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import type { Mask } from "../secrets/masking.ts";
import type { AttemptDependencies, AttemptProgress, AttemptResult } from "./attempt.ts";

export type DriveDependencies = AttemptDependencies & Dependencies<"dispatch" | "breakers">;

/** The attempts of a run's jobs that this process has in its hands. All but `resumed` are keyed by the job's name. */
interface AttemptsUnderWay {
  /** Jobs that an attempt of this process works on. */
  readonly running: Set<string>;
  /** Outcomes of attempts that the next step takes in. */
  readonly results: Map<string, Exclude<AttemptResult, "left">>;
  /** What attempts reported since the last step. */
  readonly reports: Map<string, AttemptProgress>;
  /** Running jobs that only wait for a message or a time, and until when at the latest. `null` when only a message ends that. */
  readonly quiet: Map<string, Date | null>;
  /** Attempts that had begun before this driver took over the run: the number of the attempt, by the name of its job. */
  readonly resumed: ReadonlyMap<string, number>;
  /** Of each running job: aborted when a lock that it holds was given to another job. */
  readonly displaced: Map<string, AbortController>;
}

/** Where the jobs of a run stand with locks and with the limits of their types. */
export interface LocksOfRun {
  /** What each running job holds. */
  readonly held: Map<string, readonly HeldLock[]>;
  /** Jobs that were refused what they must hold, until the run is woken. */
  readonly refused: Map<string, StartRefusal>;
  /** `key job` of each lock that a job of the run is queued for. */
  readonly queued: Set<string>;
}

/** What ends the work on a run, or on a job of it, from outside. */
interface DriveSignals {
  readonly cancelled: AbortController;
  /** For final jobs, which a cancel alone does not stop. */
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
  /** By name, as the store has them. */
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
  /** The store could not keep what a job did. The job is not to blame, so the whole drive is tried again. */
  trouble: Error | null;
  /** Announces everything that the driver has to look at: outcomes, reports, wakes of its lease, trouble. */
  readonly news: News;
}

/** What questions about the jobs of a run are answered from. */
export type DrivenRun = Pick<Driver, "dependencies" | "run">;

/** What clocks of the run are read by, now. */
export function watchOf({ dependencies, run }: DrivenRun): ClockReading {
  return { now: dependencies.clock.now(), pauses: run.pauses };
}

/** Aborts when a cancel is to stop the job: what tidies up after a run is not stopped by the cancel that made it necessary. */
export function cancelSignal({ cancelled, finalSkipped }: DriveSignals, job: Job): AbortSignal {
  return (outlivesCancel(job.plan) ? finalSkipped : cancelled).signal;
}

export function definitionOf({ dependencies, run }: DrivenRun, job: Job): JobDefinition | undefined {
  return dependencies.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion);
}

export function eventOf(run: Run, type: NewEvent["type"], data: JsonObject): NewEvent {
  return { project: run.project, application: run.application, run: run.id, type, data };
}

/** What became of a job, and what that was decided on. */
export function changedEvent(
  run: Run,
  { name, phase, attempt, reason }: Job,
  grounds: Grounds | null = null,
): NewEvent {
  const data = { job: name, phase, attempt, reason: reasonData(reason) };
  return eventOf(run, "job.changed", grounds === null ? data : { ...data, grounds });
}

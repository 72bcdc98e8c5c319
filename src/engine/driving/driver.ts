// What a driver of a run holds in its hands while it drives. All of it can be made anew from the store.

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
import type { Hold } from "../deciding/advance.ts";
import type { Watch } from "../deciding/clocks.ts";
import type { World } from "../interface/dependencies.ts";
import type { Mask } from "../secrets/masking.ts";
import type { AttemptResult, Progress } from "./attempt.ts";

export interface Driver {
  readonly world: World;
  readonly lease: Lease;
  /** Ours: the store takes nothing from a driver with an older one. */
  readonly fence: number;
  run: Run;
  /** As the store has them. */
  jobs: Map<string, Job>;
  readonly mask: Mask;
  readonly running: Set<string>;
  readonly results: Map<string, Exclude<AttemptResult, "left">>;
  readonly reports: Map<string, Progress>;
  /** Running jobs that only wait for a message or a time, and until when at the latest. */
  readonly quiet: Map<string, Date | null>;
  /** Why it is for another process to go on with it; null: it is not. */
  readonly elsewhere: Reason | null;
  /** Announces that the run was paused or resumed. */
  readonly pauseNews: News;
  /** Announces that a job of the run may have got a message. */
  readonly messageNews: News;
  /** Jobs whose claims others hold, until somebody wakes us. */
  readonly held: Map<string, Hold>;
  /** `key job` of claims that we stand in line for. */
  readonly inLine: Set<string>;
  /** Attempts that had begun before this driver took the run up, by job. */
  readonly resumed: ReadonlyMap<string, number>;
  /** What each running job holds. */
  readonly locks: Map<string, readonly HeldLock[]>;
  /** Of each running job: aborted when somebody else was given what it holds. */
  readonly displaced: Map<string, AbortController>;
  readonly cancelled: AbortController;
  /** Of final jobs, which a cancel alone does not stop. */
  readonly finalSkipped: AbortController;
  readonly lost: AbortController;
  /** The store could not keep what a job did: nobody's fault but ours, so the whole drive is tried again. */
  trouble: Error | null;
  /** Announces everything that the driver has to look at: outcomes, reports, wakes of its lease, trouble. */
  readonly news: News;
}

/** What clocks of the run are read by, now. */
export function watchOf({ world, run }: Pick<Driver, "world" | "run">): Watch {
  return { now: world.clock.now(), pauses: run.pauses };
}

/** Aborts when a cancel is to stop the job: what tidies up after a run is not stopped by the cancel that made it necessary. */
export function cancelSignal({ cancelled, finalSkipped }: Driver, job: Job): AbortSignal {
  return (outlivesCancel(job.plan) ? finalSkipped : cancelled).signal;
}

export function definitionOf({ world, run }: Pick<Driver, "world" | "run">, job: Job): JobDefinition | undefined {
  return world.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion);
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

// What lists and counts of runs ask the store for, and what they get: less than a run with its jobs.
import type { Job, Run, RunPhase } from "../model/run/run.ts";

export type UnfinishedRun = Pick<Run, "id" | "project" | "priority" | "startAt" | "pausedBy" | "cancelledBy">;

export type JobUnderWay = Pick<Job, "run" | "name" | "phase" | "reason" | "attempt" | "earlier">;

export interface RunFilter {
  readonly project: string;
  /** Name of the application; `null`: runs without an application. Default: all runs. */
  readonly application?: string | null;
  readonly phase?: RunPhase;
  /** Name of the workflow or job type of runs without an application. Default: all runs. */
  readonly workflow?: string;
}

/** The ids of those of the given runs that belong into a list. The store calls it with many runs at once. */
export type KeptRuns = (runs: readonly Run[]) => Promise<ReadonlySet<string>>;

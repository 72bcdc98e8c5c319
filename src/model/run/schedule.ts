// A schedule starts runs of a job type or a workflow at given times, as a user would start them by hand.
// src/engine/schedules starts the runs.
import type { JsonObject } from "../data/json.ts";
import type { Problem } from "../problems/problem.ts";
import type { Priority } from "./run.ts";

/**
 * What happens when a run is due and the previous one has not ended. skip: no run starts · start: the new run starts
 * next to the other · cancel: the previous run is cancelled.
 */
export const OVERLAPS = ["skip", "start", "cancel"] as const;
export type Overlap = (typeof OVERLAPS)[number];

/**
 * What happens to times that passed while no server ran. skip: they are left out · once: one run starts for all of
 * them. Times that pass while the schedule is paused are always left out.
 */
export const MISSED = ["skip", "once"] as const;
export type Missed = (typeof MISSED)[number];

export interface ScheduledRun {
  readonly type?: string;
  readonly version?: string;
  readonly input?: JsonObject;
  readonly document?: JsonObject;
  readonly inputs?: JsonObject;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly timeout?: string;
  readonly priority?: Priority;
}

export interface ScheduleSettings {
  /** Five fields, or a name such as @hourly. */
  readonly cron: string;
  /** Name of the time zone in the IANA database. */
  readonly timeZone: string;
  readonly overlap: Overlap;
  readonly missed: Missed;
  readonly run: ScheduledRun;
}

/** What happened at the last time. */
export interface ScheduleTick {
  /** The time of the schedule, which may be earlier than the time when the server acted. */
  readonly at: string;
  /**
   * The run that was started; with `skipped: overlap`, the previous run that had not ended. `null` when `problem` or
   * `skipped` says why no run was started.
   */
  readonly run: string | null;
  readonly skipped: "overlap" | "missed" | null;
  readonly problem: { readonly message: string; readonly problems: readonly Problem[] } | null;
}

export interface Schedule {
  readonly id: string;
  readonly project: string;
  /** Unique within the project. */
  readonly name: string;
  readonly settings: ScheduleSettings;
  /** The user in whose name its runs are started. */
  readonly actor: string;
  readonly createdAt: string;
  readonly pausedBy: string | null;
  /** `null` when there is no next time: the problem of `last` says why. */
  readonly nextAt: string | null;
  readonly last: ScheduleTick | null;
}

// A schedule begins a run by the clock: of a job type or a workflow, as somebody would start it by hand.
import type { JsonObject } from "../data/json.ts";
import type { Problem } from "../problems/problem.ts";
import type { Priority } from "./run.ts";

/** What happens when it is time and the run of the time before has not ended. skip: nothing · start: another one beside it · cancel: that one is cancelled. */
export const OVERLAPS = ["skip", "start", "cancel"] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** Times that passed while no server was there. skip: they are left out · once: one run stands for all of them. While it is paused, all are left out. */
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
  /** Five fields, or @hourly and the like. */
  readonly cron: string;
  /** Of the IANA database. */
  readonly timeZone: string;
  readonly overlap: Overlap;
  readonly missed: Missed;
  readonly run: ScheduledRun;
}

/** What became of the last time. */
export interface ScheduleTick {
  /** The time that was meant. */
  readonly at: string;
  /** Null: none was started, and `problem` or `skipped` says why. */
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
  /** In whose name its runs are started. */
  readonly actor: string;
  readonly createdAt: string;
  readonly pausedBy: string | null;
  /** Null: none was found, and the problem of `last` says why. */
  readonly nextAt: string | null;
  readonly last: ScheduleTick | null;
}

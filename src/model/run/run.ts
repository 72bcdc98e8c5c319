// The stored form of runs and jobs. A run is one execution of a plan; a job is one node of its graph.

import type { JsonObject } from "../data/json.ts";
import type { Evidence } from "../kubernetes/health.ts";
import type { Reason } from "../reasons/reason.ts";
import { DECIDING, type DecidingPhase, type Phase } from "./phase.ts";
import type { PlannedJob } from "./plan.ts";

/** workflow: a run without an application, or a run of the steps of an application that does not deploy it again. */
export type RunKind = "deploy" | "delete" | "workflow";
/** How a run ended. The phases of its jobs decide it: see the column `verdict` in phase.ts. */
export type RunEnding = "succeeded" | DecidingPhase;
export type RunPhase = "running" | RunEnding;
export const RUN_PHASES: readonly RunPhase[] = ["running", "succeeded", ...DECIDING];

export interface Run {
  readonly id: string;
  readonly project: string;
  /** `null` for a run without an application, which only has job types. */
  readonly application: string | null;
  /** Name of a run without an application: that of its workflow, or of its job type. Empty for all other runs. */
  readonly workflow: string;
  /** Counts 1, 2, 3 … within the application, for people ("run 3 of shop"). */
  readonly number: number;
  readonly revision: number;
  readonly kind: RunKind;
  readonly cluster: string;
  readonly namespace: string;
  readonly phase: RunPhase;
  readonly actor: string;
  readonly message: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  /** The user or schedule that asked to cancel the run. Its jobs end soon after. */
  readonly cancelledBy: string | null;
  /** The user that paused the run. While it is set, no job starts; jobs that run continue. */
  readonly pausedBy: string | null;
  /**
   * The times in which the run was paused, oldest first. `to` is `null` while it is paused. Clocks of waiting jobs
   * stand still then.
   */
  readonly pauses: readonly Pause[];
  /** The user that asked to skip the final steps too, after a cancel. */
  readonly finalSkippedBy: string | null;
  /** Values for the workflow's inputs. */
  readonly inputs: JsonObject;
  /** Among the runs that wait for a driver, those of a higher priority go first. */
  readonly priority: Priority;
  /** Earliest start of its first job. `null` for no such limit. */
  readonly startAt: string | null;
}

export const PRIORITIES = ["low", "normal", "high"] as const;
export type Priority = (typeof PRIORITIES)[number];

export interface Pause {
  readonly from: string;
  readonly to: string | null;
}

/** An attempt that was followed by another one. `reason` says how it ended, `at` when. */
export interface EarlierAttempt {
  readonly attempt: number;
  readonly reason: Reason;
  readonly at: string;
}

const MOST_EARLIER = 10;

export function withEarlier(earlier: readonly EarlierAttempt[], ended: EarlierAttempt): readonly EarlierAttempt[] {
  return [...earlier.filter(({ attempt }) => attempt !== ended.attempt), ended].slice(-MOST_EARLIER);
}

export interface Job {
  readonly run: string;
  readonly name: string;
  readonly plan: PlannedJob;
  readonly phase: Phase;
  readonly reason: Reason;
  readonly evidence: readonly Evidence[];
  /** 0 before the first attempt. */
  readonly attempt: number;
  /** Number of attempts that the platform interrupted. They do not count against the retries. */
  readonly interruptions: number;
  /** The attempts before the present one, the oldest first; only the last ten. */
  readonly earlier: readonly EarlierAttempt[];
  /** Time when everything that it needs had ended. The queue clock starts then. */
  readonly dueAt: string | null;
  /**
   * Time when the current attempt began, moved later by all the time in which it was pending: see
   * engine/deciding/clocks.ts.
   */
  readonly attemptAt: string | null;
  /** Time since when the attempt is pending, while its clock stands still. `null` when it is not pending. */
  readonly pendingAt: string | null;
  /** Earliest start of a queued job (the wait before a retry). */
  readonly notBefore: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly output: JsonObject;
}

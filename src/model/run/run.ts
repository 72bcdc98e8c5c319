// A run is one execution of a plan; a job is one node of its graph.

import type { JsonObject } from "../data/json.ts";
import type { Evidence } from "../kubernetes/health.ts";
import type { Reason } from "../reasons/reason.ts";
import { DECIDING, type DecidingPhase, type Phase } from "./phase.ts";
import type { PlannedJob } from "./plan.ts";

/** workflow: of no application, or of the steps of one without deploying it anew. */
export type RunKind = "deploy" | "delete" | "workflow";
/** How a run ended: what the phases of its jobs decide, see the column `verdict` of the phases. */
export type RunEnding = "succeeded" | DecidingPhase;
export type RunPhase = "running" | RunEnding;
export const RUN_PHASES: readonly RunPhase[] = ["running", "succeeded", ...DECIDING];

export interface Run {
  readonly id: string;
  readonly project: string;
  /** `null` for a run of no application: it runs job types alone. */
  readonly application: string | null;
  /** What a run of no application is called: the workflow's name, or the job type's. Empty otherwise. */
  readonly workflow: string;
  /** Counts 1, 2, 3 … within the application: what people say aloud ("run 3 of shop"). */
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
  /** Set once somebody asks to cancel; the jobs settle soon after. */
  readonly cancelledBy: string | null;
  /** While set, nothing new is started; what runs goes on. */
  readonly pausedBy: string | null;
  /** While it was paused, oldest first; `to` null: it is now. Clocks of what is held back do not run then. */
  readonly pauses: readonly Pause[];
  /** Set once somebody said that after the cancel the final steps are not wanted either. */
  readonly finalSkippedBy: string | null;
  /** Values for the workflow's inputs. */
  readonly inputs: JsonObject;
  /** Which of the runs that wait for a driver goes first. */
  readonly priority: Priority;
  /** Nothing is begun before. */
  readonly startAt: string | null;
}

export const PRIORITIES = ["low", "normal", "high"] as const;
export type Priority = (typeof PRIORITIES)[number];

export interface Pause {
  readonly from: string;
  readonly to: string | null;
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
  /** Attempts that the platform interrupted: they do not count against the retries. */
  readonly interruptions: number;
  /** When everything that it needs was there: the queue clock starts. */
  readonly dueAt: string | null;
  /** When the current attempt began; later by as much as it was pending before its program ran. */
  readonly attemptAt: string | null;
  /** Since when it is pending: the clock of the attempt stands still. Null: it is not. */
  readonly pendingAt: string | null;
  /** A queued job does not start before this moment (retry backoff). */
  readonly notBefore: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly output: JsonObject;
}

// A run is one execution of a plan; a job is one node of its graph.
import type { Evidence } from "./health.ts";
import type { JsonObject } from "./json.ts";
import type { Phase } from "./phase.ts";
import type { PlannedJob } from "./plan.ts";
import type { Reason } from "./reason.ts";

export type RunKind = "deploy" | "delete";
export type RunPhase = "running" | "succeeded" | "failed" | "rejected" | "cancelled";

export interface Run {
  readonly id: string;
  readonly project: string;
  readonly application: string;
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
  /** A queued job does not start before this moment (retry backoff). */
  readonly notBefore: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly output: JsonObject;
}

export const RUN_PHASE_GLYPH = {
  running: "◐",
  succeeded: "●",
  failed: "✕",
  rejected: "⊘",
  cancelled: "■",
} as const satisfies Record<RunPhase, string>;

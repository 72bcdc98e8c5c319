// What callers ask of the engine, and what it answers where that is more than a Run.

import type { JsonObject } from "../../model/data/json.ts";
import type { Before, Evidence, HealthState, ObjectHealth } from "../../model/kubernetes/health.ts";
import type { Reason } from "../../model/reasons/reason.ts";
import type { Plan } from "../../model/run/plan.ts";
import type { ApplicationSummary } from "../../model/run/revision.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { RunState } from "../../model/run/runState.ts";
import type { Drift, LiveDifference } from "../../ports/cluster.ts";

export interface RunStatus {
  readonly state: RunState;
  /** Why it does not go on. Null: it does, or it has ended. */
  readonly reason: Reason | null;
}

export interface ApplicationKey {
  readonly project: string;
  readonly application: string;
}

/** `null` for a run of no application. */
export function placeOf({ project, application }: Pick<Run, "project" | "application">): ApplicationKey | null {
  return application === null ? null : { project, application };
}

/** Conditions under which a write is made. */
export interface WriteConditions {
  readonly actor: string;
  /** From If-Match: the newest revision that the caller saw; "any": there must be one; undefined: whatever it is. */
  readonly expectedRevision?: number | "any";
  /** The same key with the same request gets the same run. */
  readonly idempotency?: { readonly key: string; readonly request: string };
}

export interface DocumentRequest {
  readonly project: string;
  /** From the path, where there is one: the document must be called so. */
  readonly application?: string;
  readonly text: string;
  readonly format: "json" | "yaml" | "auto";
  /** Undefined: where it runs now, else the server's only cluster. */
  readonly cluster?: string;
  readonly createNamespace: boolean;
  /** Take over fields that somebody else set (kubectl scale, another tool). Never objects that are not ours. */
  readonly force?: boolean;
  /** Values for the inputs of its workflow. */
  readonly inputs?: JsonObject;
  /** Take over objects that exist already and belong to nobody. Never those of another application. */
  readonly adopt?: boolean;
}

export interface PlannedDocument {
  readonly plan: Plan;
  readonly clusterKind: "kubernetes" | "sandbox";
}

/**
 * healthy: all ready · outdated: what runs is well, but it is not the newest revision, or not wholly · changing: a run is going on or
 * something is on its way · degraded: something is wrong · unknown
 */
export type ApplicationHealth = "healthy" | "outdated" | "changing" | "degraded" | "unknown";

export interface ComponentStatus {
  readonly name: string;
  readonly type: string;
  readonly health: ApplicationHealth;
  readonly state: HealthState;
  readonly reason: Reason;
  readonly evidence: readonly Evidence[];
  readonly ready?: number;
  readonly wanted?: number;
  readonly before?: Before;
  readonly objects: readonly ObjectHealth[];
  /** Objects that somebody changed or removed since they were applied. */
  readonly drift: readonly Drift[];
}

/** A run with its jobs, each with the reason that is true of it now. */
export interface RunNow {
  readonly run: Run;
  readonly jobs: readonly Job[];
  readonly status: RunStatus;
}

export interface ApplicationStatus {
  readonly summary: ApplicationSummary;
  /** Null: none is kept any more. */
  readonly lastRun: RunNow | null;
  readonly health: ApplicationHealth;
  readonly addresses: readonly string[];
  readonly components: readonly ComponentStatus[];
}

/** From what is seen to the root cause: each link is why the one before it stands so. */
export interface CauseLink {
  /** `web`, `migrate`, `Pod/migrate-5f-x`. */
  readonly subject: string;
  readonly reason: Reason;
  readonly evidence: readonly Evidence[];
}

export interface ObjectDrift extends LiveDifference {
  readonly component: string | null;
}

/** The newest revision against the cluster, object by object. */
export interface ApplicationDrift {
  readonly application: string;
  readonly revision: number;
  readonly objects: readonly ObjectDrift[];
}

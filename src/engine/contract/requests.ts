// The requests to the engine, and its answers when they are more than a Run.

import type { JsonObject } from "../../model/data/json.ts";
import type { Before, Evidence, HealthState, ObjectHealth } from "../../model/kubernetes/health.ts";
import type { Reason } from "../../model/reasons/reason.ts";
import type { Plan } from "../../model/run/plan.ts";
import type { ApplicationSummary } from "../../model/run/revision.ts";
import type { EarlierAttempt, Job, Run } from "../../model/run/run.ts";
import type { RunState } from "../../model/run/runState.ts";
import type { Drift, LiveDifference } from "../../ports/cluster.ts";

export interface RunStatus {
  readonly state: RunState;
  /** Why the run does not go on. `null` when it goes on or has ended. */
  readonly reason: Reason | null;
  /** The job under way that was tried again last. `null` when all jobs under way are in their first attempt. */
  readonly repeated: RepeatedJob | null;
}

export interface RepeatedJob {
  readonly job: string;
  /** The present attempt. */
  readonly attempt: number;
  /** How the attempt before ended. */
  readonly before: EarlierAttempt;
}

export interface ApplicationKey {
  readonly project: string;
  readonly application: string;
}

/** `null` for a run of no application. */
export function applicationKeyOf({
  project,
  application,
}: Pick<Run, "project" | "application">): ApplicationKey | null {
  return application === null ? null : { project, application };
}

/** Conditions of a write. */
export interface WriteConditions {
  readonly actor: string;
  /**
   * The newest revision that the caller saw, from If-Match. "any" asks for an existing application. Default: no
   * condition.
   */
  readonly expectedRevision?: number | "any";
  /** The same key with the same request gets the same run. */
  readonly idempotency?: { readonly key: string; readonly request: string };
}

export interface DocumentRequest {
  readonly project: string;
  /** The name in the path. The document must have the same name. Default: the name in the document. */
  readonly application?: string;
  readonly text: string;
  readonly format: "json" | "yaml" | "auto";
  /** Default: the cluster on which the application runs now, otherwise the only cluster of the server. */
  readonly cluster?: string;
  readonly createNamespace: boolean;
  /**
   * Take over fields that another person or tool set (for example kubectl scale), but never objects of another owner.
   */
  readonly force?: boolean;
  /** Values for the inputs of the workflow. */
  readonly inputs?: JsonObject;
  /** Take over objects that exist already and have no owner, but never those of another application. */
  readonly adopt?: boolean;
}

export interface PlannedDocument {
  readonly plan: Plan;
  readonly clusterKind: "kubernetes" | "sandbox";
}

/**
 * healthy: everything is ready. outdated: what runs is healthy, but at least a part of it is not of the newest
 * revision. changing: a run is under way, or objects are still becoming ready. degraded: something is wrong. unknown:
 * the cluster did not answer.
 */
export type ApplicationHealth = "healthy" | "outdated" | "changing" | "degraded" | "unknown";

export interface ComponentStatus {
  readonly name: string;
  readonly type: string;
  readonly health: ApplicationHealth;
  readonly state: HealthState;
  readonly reason: Reason;
  readonly evidence: readonly Evidence[];
  readonly repeated: RepeatedJob | null;
  readonly ready?: number;
  readonly wanted?: number;
  readonly before?: Before;
  readonly objects: readonly ObjectHealth[];
  /** Objects that another person or tool changed or removed since they were applied. */
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
  /** `null` when the store has no run of the application any more. */
  readonly lastRun: RunNow | null;
  readonly health: ApplicationHealth;
  readonly addresses: readonly string[];
  readonly components: readonly ComponentStatus[];
}

/** One link of the chain from what the user sees to the root cause. Each link explains the one before it. */
export interface CauseLink {
  /** A component, a job or an object: `web`, `migrate`, `Pod/migrate-5f-x`. */
  readonly subject: string;
  readonly reason: Reason;
  readonly evidence: readonly Evidence[];
}

export interface ObjectDrift extends LiveDifference {
  readonly component: string | null;
}

/** The comparison of the newest revision with the cluster, object by object. */
export interface ApplicationDrift {
  readonly application: string;
  readonly revision: number;
  readonly objects: readonly ObjectDrift[];
}

// An accepted version of an application. Never edited; a rollback is a new revision with old content.
import type { ApplicationDocument } from "../document/document.ts";
import type { ObjectRef } from "../kubernetes/manifest.ts";
import type { Plan } from "./plan.ts";

export interface Revision {
  readonly project: string;
  readonly application: string;
  readonly number: number;
  /** Secret values are sealed tokens. */
  readonly document: ApplicationDocument;
  readonly plan: Plan;
  readonly cluster: string;
  readonly namespace: string;
  readonly actor: string;
  readonly message: string;
  readonly createdAt: string;
}

export interface ApplicationSummary {
  readonly project: string;
  readonly name: string;
  readonly cluster: string;
  readonly namespace: string;
  /** Number of the newest revision. Also the ETag. */
  readonly revision: number;
  readonly updatedAt: string;
  readonly lastRun: {
    readonly id: string;
    readonly number: number;
    readonly kind: string;
    readonly phase: string;
    readonly finishedAt: string | null;
  } | null;
}

/** An object that we made, or were about to make (`uid` null), on a cluster. The list is written before acting. */
export interface OwnedObject extends ObjectRef {
  readonly project: string;
  /** `null` when a run of no application made it. */
  readonly application: string | null;
  /** `null` when a job of no component made it. */
  readonly component: string | null;
  readonly cluster: string;
  readonly uid: string | null;
  readonly keep: boolean;
}

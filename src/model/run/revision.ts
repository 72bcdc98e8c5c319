// A revision: one accepted version of an application. It is never edited; a rollback creates a new revision with the
// old content. Also the summary of an application, and the objects that it owns.
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
  /** Number of the newest revision. The ETag of the application contains it. */
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

/**
 * An object that kubemin created on a cluster, or is about to create (`uid` is `null`). It is stored before the cluster
 * is called.
 */
export interface OwnedObject extends ObjectRef {
  readonly project: string;
  /** `null` when a run without an application created it. */
  readonly application: string | null;
  /** `null` when a job without a component created it. */
  readonly component: string | null;
  readonly cluster: string;
  readonly uid: string | null;
  readonly keep: boolean;
}

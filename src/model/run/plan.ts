// The plan: what a revision means on a given cluster, as pure data (jobs, their graph, the rendered objects, the
// changes). The engine stores the plan and does exactly what it contains, so what was reviewed is what is applied.
// src/plan makes it.

import type { Json, JsonObject } from "../data/json.ts";
import type { Condition } from "../document/condition.ts";
import type { Manifest, ObjectRef } from "../kubernetes/manifest.ts";
import type { Problem } from "../problems/problem.ts";

/**
 * One job comes after another. `order`: the plan itself requires it (order of steps, removal, pruning, final steps).
 */
export interface Need {
  readonly job: string;
  readonly because: "dependsOn" | "reference" | "order";
  /** end: the other job must have ended in any phase (a condition reads its phase). Default: it must have succeeded. */
  readonly on?: "end";
  /** The place in the document that asks for it. */
  readonly pointer?: string;
}

export interface PlannedObject {
  readonly manifest: Manifest;
  /** Whether the object contains data: it is kept at deletion and pruning, unless the user asks to delete it. */
  readonly keep: boolean;
}

export interface RetryPolicy {
  readonly attempts: number;
  /**
   * Number of attempts that are allowed while none of them reached the other side, so that they had no effect. Set only
   * when it is larger than `attempts`.
   */
  readonly untouched?: number;
  /** Milliseconds before the second attempt. */
  readonly backoff: number;
  /** Factor by which the wait grows with each attempt. Default: 2. */
  readonly factor?: number;
  /** Longest wait in milliseconds. Default: 5 minutes. */
  readonly limit?: number;
  /** equal: half of the wait is random · full: the whole wait is random. Default: the wait is not random. */
  readonly jitter?: "equal" | "full";
}

/**
 * Limits in milliseconds. A clock without a limit does not run. `timeout` of the job is the limit of all attempts
 * together.
 */
export interface Clocks {
  /** Time in which the engine, or a cluster without room, holds the job back before any of its objects exists. */
  readonly queue?: number;
  /** Time from the creation of the pod until it has a node. */
  readonly schedule?: number;
  /** Time from then until the program runs: image, volumes, pod sandbox. */
  readonly start?: number;
  /** Both together, for job types that do not distinguish them. */
  readonly pending?: number;
  /** Time of one attempt, without the time in which it is pending. */
  readonly attempt?: number;
  /** Longest time between two heartbeats, for job types that send them. */
  readonly heartbeat?: number;
}

/**
 * What to do when the cluster has no room now. wait: until the queue clock ends · fail: immediately · a number: wait so
 * many milliseconds.
 */
export type OnShort = "wait" | "fail" | number;

/** The step of the workflow that a job belongs to. */
interface PlannedStep {
  /** From the outermost group to the step itself, e.g. ["train", "prepare"]. */
  readonly path: readonly string[];
  readonly pointer: string;
  /**
   * Set when the step itself is a loop, so that its output is a list. round: the job is one of its rounds · nothing:
   * the list is empty.
   */
  readonly loop?: "round" | "nothing";
}

export interface StepTimeout {
  /** Name of the step in the context of the run. */
  readonly step: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** At most `limit` jobs of the project hold this key at the same time. */
export interface JobLock {
  readonly key: string;
  readonly limit: number;
  /** Whether jobs that share the lock may hold it together; see ports/store.ts. */
  readonly shared?: boolean;
  /**
   * What happens to a job above the limit. queue: it waits · fail: it fails · cancel: the runs that hold the lock are
   * cancelled.
   */
  readonly onLimit: "queue" | "fail" | "cancel";
}

/** What a lock protects. `key`: a name that the users choose. */
export const LOCK_KINDS = ["component", "release", "host", "key"] as const;
export type LockKind = (typeof LOCK_KINDS)[number];

/** A lock that a job must hold while it runs. It becomes a JobLock when the job starts and its name is known. */
export interface PlannedLock {
  readonly kind: LockKind;
  /** A text, or a reference to one. */
  readonly name: Json;
  readonly limit: number;
  readonly shared?: boolean;
  readonly onLimit: JobLock["onLimit"];
}

export interface PlannedJob {
  readonly name: string;
  /** Name of a job type in the catalog. */
  readonly type: string;
  /** Version of a registered job type. The run keeps the version that it was planned with. */
  readonly typeVersion?: string;
  readonly step?: PlannedStep;
  /** Steps around the job that have a timeout. It counts from the moment when the first of their jobs is due. */
  readonly within?: readonly StepTimeout[];
  /**
   * Checked when the jobs that it needs have ended. When false, the job is skipped, which does not stop the jobs after
   * it.
   */
  readonly condition?: Condition;
  /** Whether the job starts when all others have ended, in any phase, also after a cancel. */
  readonly final?: boolean;
  /**
   * Name of the called workflow whose final step this is. It waits for its needs only, and also starts after a cancel.
   */
  readonly endOf?: string;
  /**
   * Set for a job that does no work itself. nothing: its step has no jobs · unknown: offline, the jobs of its step are
   * not known · all: it stands for all jobs that it needs, see plan/workflow/expand/joints.ts.
   */
  readonly joint?: "nothing" | "unknown" | "all";
  readonly clocks?: Clocks;
  readonly onShort?: OnShort;
  readonly locks?: readonly PlannedLock[];
  /** `null` for a job that belongs to no component: a step of the workflow, the job of the namespace. */
  readonly component: string | null;
  readonly needs: readonly Need[];
  readonly objects: readonly PlannedObject[];
  /**
   * Input of the job type, in the form of its schema. Each `{"$from": pointer}` in it is resolved when the job starts.
   */
  readonly input: JsonObject;
  /** Milliseconds for all attempts together. */
  readonly timeout: number;
  readonly retry: RetryPolicy;
  /** `false` when the job type does not retry a failure of the program, whatever the number of attempts. */
  readonly retriesFailures?: false;
}

/** The policy of a job when neither the document nor the job type sets attempts. */
export const ONE_ATTEMPT: RetryPolicy = { attempts: 1, backoff: 5_000 };

/** Whether the job is a final step: a cancel neither prevents its start nor stops it. */
export function outlivesCancel({ final, endOf }: PlannedJob): boolean {
  return final === true || endOf !== undefined;
}

/** Whether a cancel of its run ends the job. Final steps continue, unless the user asked to skip them too. */
export function isCancelled(
  plan: PlannedJob,
  run: { readonly cancelledBy: string | null; readonly finalSkippedBy?: string | null },
): boolean {
  return run.cancelledBy !== null && (!outlivesCancel(plan) || (run.finalSkippedBy ?? null) !== null);
}

/** adopt: the object exists and belongs to no application; kubemin takes it over. */
export type ChangeAction = "create" | "update" | "adopt" | "delete" | "keep" | "unchanged";
/** What a change means for the object and its pods. */
export type ChangeClass =
  | "create"
  | "in-place"
  | "rolling"
  | "orphan-recreate"
  | "new-name"
  | "recreate"
  | "delete"
  | "none";

/**
 * What users of the component notice. none: the pods keep running · rolling: new pods start first, no request is lost ·
 * restart: pods end and start one after the other · interruption: for a time no pod answers.
 */
export type Disruption = "none" | "rolling" | "restart" | "interruption";

export interface FieldChange {
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
  /**
   * Set when `before` is the value on the cluster and not the applied one: the field managers that set it, as far as
   * the cluster reports them.
   */
  readonly by?: readonly string[];
}

export interface ObjectChange {
  /** `null` for an object that belongs to no component: a namespace, or an object without the label. */
  readonly component: string | null;
  readonly object: ObjectRef;
  readonly action: ChangeAction;
  readonly class: ChangeClass;
  /** Undefined in plans that an earlier version of kubemin stored. */
  readonly disruption?: Disruption;
  /** Whether kubemin created the object before and it no longer exists on the cluster. */
  readonly gone?: boolean;
  /**
   * Set for an object that runs to its end. done: it already ran with this content, and does not run again · again: it
   * has not succeeded with this content, so it runs again · always: it runs at each deploy.
   */
  readonly task?: "done" | "again" | "always";
  /** Number of the run in which it was done, if that is known. */
  readonly doneIn?: number;
  readonly fields: readonly FieldChange[];
}

export interface Plan {
  readonly application: string;
  readonly namespace: string;
  readonly cluster: string;
  readonly jobs: readonly PlannedJob[];
  /** Names of jobs that may run at the same time, layer after layer. */
  readonly layers: readonly (readonly string[])[];
  readonly changes: readonly ObjectChange[];
  readonly warnings: readonly Problem[];
  /** Hash of everything rendered: equal hashes mean that nothing would change. */
  readonly hash: string;
}

/**
 * Facts about the cluster that rendering may depend on. They are gathered before planning, so that planning is pure.
 */
export interface ClusterFacts {
  readonly name: string;
  readonly kind: "kubernetes" | "sandbox";
  readonly version: string;
  /** `group/Kind` that the API serves, e.g. "gateway.networking.k8s.io/HTTPRoute". */
  readonly kinds: readonly string[];
  /** Those of `kinds` whose objects belong to no namespace. Undefined when the cluster was not asked. */
  readonly clusterKinds?: readonly string[];
  /** `group/version` and `group/version/Kind` that the API serves. Undefined when the cluster was not asked. */
  readonly apiVersions?: readonly string[];
  readonly ingressClasses: readonly { readonly name: string; readonly default: boolean }[];
  readonly gateways: readonly Gateway[];
  /** Gateways of Istio, whose kind differs from the Gateway of the Gateway API. */
  readonly istioGateways?: readonly { readonly namespace: string; readonly name: string }[];
  readonly storageClasses: readonly {
    readonly name: string;
    readonly default: boolean;
    readonly expandable: boolean;
  }[];
}

interface Gateway {
  readonly namespace: string;
  readonly name: string;
  /** Addresses on which it answers, as `host:port`. */
  readonly addresses: readonly string[];
}

// What a revision means on a given cluster: jobs, their graph, the rendered objects, the changes. Pure data;
// the engine stores it and does exactly this, so what was reviewed is what is applied.

import type { Json, JsonObject } from "../data/json.ts";
import type { Condition } from "../document/condition.ts";
import type { Manifest, ObjectRef } from "../kubernetes/manifest.ts";
import type { Problem } from "../problems/problem.ts";

/** Why one job comes after another. `order`: removal runs the graph backwards, pruning comes last. */
export interface Need {
  readonly job: string;
  readonly because: "dependsOn" | "reference" | "order";
  /** end: it is enough that the other job has ended, however it ended (a condition looks at its phase). Missing: it must succeed. */
  readonly on?: "end";
  /** Where the document says so. */
  readonly pointer?: string;
}

export interface PlannedObject {
  readonly manifest: Manifest;
  /** Holds data: kept at deletion and pruning unless the user asks otherwise. */
  readonly keep: boolean;
}

export interface RetryPolicy {
  readonly attempts: number;
  /** Attempts while those before are known to have done nothing (the other side was not reached). Only where it is more than `attempts`. */
  readonly untouched?: number;
  /** Milliseconds before the second attempt. */
  readonly backoff: number;
  /** It grows so each time; 2 where nothing is said. */
  readonly factor?: number;
  /** Milliseconds that it never grows beyond; 5 minutes where nothing is said. */
  readonly limit?: number;
  /** equal: half of it is left to chance · full: all of it. */
  readonly jitter?: "equal" | "full";
}

/** Milliseconds of each clock; a missing one does not run. `timeout` of the job is the clock of everything together. */
export interface Clocks {
  /** Held back by the engine or by a cluster without room, before anything of it exists. */
  readonly queue?: number;
  /** From its pod's creation until a node is found. */
  readonly schedule?: number;
  /** From then until the program runs: image, volumes, sandbox. */
  readonly start?: number;
  /** Both together, for types that do not tell them apart. */
  readonly pending?: number;
  /** One attempt, from its beginning to its end. */
  readonly attempt?: number;
  /** Between two signs of life, for types that give them. */
  readonly heartbeat?: number;
}

/** When the cluster has no room now. wait: until the queue clock ends · fail: at once · milliseconds: for so long. */
export type OnShort = "wait" | "fail" | number;

/** Which step of the workflow a job belongs to. */
interface PlannedStep {
  /** From the outermost group to the step itself, e.g. ["train", "prepare"]. */
  readonly path: readonly string[];
  readonly pointer: string;
  /** The step itself is a loop, and gives a list: the job is one of its rounds, or all there is of a loop over nothing. */
  readonly loop?: "round" | "nothing";
}

export interface StepTimeout {
  /** Its name in the run's context. */
  readonly step: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** At most `limit` jobs with this key at a time, within the project. */
export interface JobLock {
  readonly key: string;
  readonly limit: number;
  /** Beside others that share it; see ports/store.ts. */
  readonly shared?: boolean;
  /** What happens to a job that is one too many: it waits, it fails, or the one that runs is cancelled for it. */
  readonly onLimit: "queue" | "fail" | "cancel";
}

/** What a lock is about. `key`: whatever people agree on. */
export const LOCK_KINDS = ["component", "release", "host", "key"] as const;
export type LockKind = (typeof LOCK_KINDS)[number];

/** What a job must hold while it runs. Becomes a Concurrency when it starts. */
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
  /** Of a registered type: the version that the run was planned with, which it keeps. */
  readonly typeVersion?: string;
  readonly step?: PlannedStep;
  /** Steps around it whose own time is limited: from the moment when the first of their jobs is due. */
  readonly within?: readonly StepTimeout[];
  /** False once what it needs has ended: the job is skipped, which does not stop what comes after it. */
  readonly condition?: Condition;
  /** Starts when all others have ended, whatever became of them, also after a cancel. */
  readonly final?: boolean;
  /** The name of a called workflow whose final step it is: its needs say what it waits for, and it starts after a cancel, too. */
  readonly endOf?: string;
  /** It does nothing itself. nothing: a step that became no job · unknown: offline, what the step becomes is not known · all: what it waits for. */
  readonly joint?: "nothing" | "unknown" | "all";
  readonly clocks?: Clocks;
  readonly onShort?: OnShort;
  readonly locks?: readonly PlannedLock[];
  /** `null` for a job of no component: a step of the workflow, a job of the namespace. */
  readonly component: string | null;
  readonly needs: readonly Need[];
  readonly objects: readonly PlannedObject[];
  /** What the job type needs beside the objects; its own schema says which. `{"$from": pointer}` in it is filled in when the job starts. */
  readonly input: JsonObject;
  /** Milliseconds for all attempts together. */
  readonly timeout: number;
  readonly retry: RetryPolicy;
  /** False: its type does not try a failure of the program again, however many attempts there are. */
  readonly retriesFailures?: false;
}

/** The policy of a job whose document and whose job type say nothing about attempts. */
export const ONE_ATTEMPT: RetryPolicy = { attempts: 1, backoff: 5_000 };

/** It tidies up: a cancel neither keeps it from starting nor stops it. */
export function outlivesCancel({ final, endOf }: PlannedJob): boolean {
  return final === true || endOf !== undefined;
}

/** Whether a cancel of its run ends the job: final steps go on, until the user says that they are not wanted either. */
export function isCancelled(
  plan: PlannedJob,
  run: { readonly cancelledBy: string | null; readonly finalSkippedBy?: string | null },
): boolean {
  return run.cancelledBy !== null && (!outlivesCancel(plan) || (run.finalSkippedBy ?? null) !== null);
}

/** adopt: it exists and belongs to nobody; we take it over. */
export type ChangeAction = "create" | "update" | "adopt" | "delete" | "keep" | "unchanged";
/** What an update means for the pods. */
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
 * What users of the component notice. none: pods go on · rolling: new pods first, no request is lost · restart: pods end and start one
 * after the other · interruption: for a moment nobody answers.
 */
export type Disruption = "none" | "rolling" | "restart" | "interruption";

export interface FieldChange {
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
  /** `before` is what the cluster has, and not what was applied: who set it so, as far as the cluster tells. */
  readonly by?: readonly string[];
}

export interface ObjectChange {
  /** `null` for an object of no component: a namespace, or one without the label. */
  readonly component: string | null;
  readonly object: ObjectRef;
  readonly action: ChangeAction;
  readonly class: ChangeClass;
  /** Missing in plans of versions before it was told. */
  readonly disruption?: Disruption;
  /** It was made before, and does not exist on the cluster any more. */
  readonly gone?: boolean;
  /**
   * Of what runs to its end. done: it ran before with this content, and does not run again · again: it has not succeeded with this content, so
   * it runs again · always: it runs at each deploy.
   */
  readonly task?: "done" | "again" | "always";
  /** Number of the run in which it was done, where that is known. */
  readonly doneIn?: number;
  readonly fields: readonly FieldChange[];
}

export interface Plan {
  readonly application: string;
  readonly namespace: string;
  readonly cluster: string;
  readonly jobs: readonly PlannedJob[];
  /** Jobs that may run at the same time, layer after layer. */
  readonly layers: readonly (readonly string[])[];
  readonly changes: readonly ObjectChange[];
  readonly warnings: readonly Problem[];
  /** Hash of everything rendered: equal hashes mean that nothing would change. */
  readonly hash: string;
}

/** Facts about the cluster that rendering may depend on; gathered before planning, so that planning stays pure. */
export interface ClusterFacts {
  readonly name: string;
  readonly kind: "kubernetes" | "sandbox";
  readonly version: string;
  /** `group/Kind` that the API serves, e.g. "gateway.networking.k8s.io/HTTPRoute". */
  readonly kinds: readonly string[];
  /** Those of them whose objects belong to no namespace. Missing: nobody asked. */
  readonly clusterKinds?: readonly string[];
  /** `group/version` and `group/version/Kind` that the API serves. Missing: nobody asked. */
  readonly apiVersions?: readonly string[];
  readonly ingressClasses: readonly { readonly name: string; readonly default: boolean }[];
  readonly gateways: readonly Gateway[];
  /** Gateways of Istio, which are another kind than those of the Gateway API. */
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
  /** Addresses it answers on, as `host:port`. */
  readonly addresses: readonly string[];
}

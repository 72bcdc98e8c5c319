// What a job type is given to work with, and what it answers.
import type { Evidence } from "../model/health.ts";
import type { JsonObject } from "../model/json.ts";
import type { PlannedObject } from "../model/plan.ts";
import type { Reason } from "../model/reason.ts";
import type { OwnedObject } from "../model/revision.ts";
import type { Clock } from "../ports/clock.ts";
import type { Cluster, LogLine } from "../ports/cluster.ts";

export interface JobRun<I> {
  readonly project: string;
  readonly application: string;
  readonly component: string;
  readonly namespace: string;
  readonly run: string;
  readonly revision: number;
  readonly attempt: number;
  readonly input: I;
  readonly objects: readonly PlannedObject[];
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Aborts at the deadline, at a cancel and when the server stops; the job returns soon after, whatever it returns. */
  readonly signal: AbortSignal;
  /** Opens sealed tokens; hand it to the cluster, keep nothing of what it returns. */
  readonly reveal: (text: string) => string;
  /** Tells where the job stands. Cheap: only changes are written. */
  readonly report: (reason: Reason, evidence?: readonly Evidence[]) => void;
  readonly inventory: JobInventory;
  /** Results that are kept per content, so that the same thing is not done twice. */
  readonly completions: {
    get(content: string): Promise<JsonObject | null>;
    put(content: string, output: JsonObject): Promise<void>;
  };
  /** Keeps lines of the task's log beyond the life of its pod. */
  readonly keepLog: (lines: readonly LogLine[]) => Promise<void>;
}

/** The list of what the application owns on this cluster, written before acting. */
export interface JobInventory {
  /** uid null: we are about to make it. */
  put(objects: readonly { readonly object: PlannedObject; readonly uid: string | null }[]): Promise<void>;
  forget(objects: readonly OwnedObject[]): Promise<void>;
  /** Of the whole application. */
  list(): Promise<readonly OwnedObject[]>;
}

export type JobOutcome =
  | { readonly phase: "succeeded"; readonly reason: Reason; readonly output?: JsonObject }
  | {
      readonly phase: "failed" | "rejected";
      readonly reason: Reason;
      readonly evidence: readonly Evidence[];
      /** Another attempt could end differently (the cluster was away, the program may have been unlucky). */
      readonly retryable: boolean;
    };

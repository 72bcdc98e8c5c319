// What a job type is given to work with, and what it answers.

import type { JsonObject } from "../model/data/json.ts";
import type { Evidence } from "../model/kubernetes/health.ts";
import { type Reason, reason } from "../model/reasons/reason.ts";
import type { BadEnding } from "../model/run/phase.ts";
import type { Clocks, OnShort, PlannedObject } from "../model/run/plan.ts";
import type { OwnedObject } from "../model/run/revision.ts";
import type { Clock } from "../ports/clock.ts";
import type { Cluster, LogLine } from "../ports/cluster.ts";
import type { Outgoing } from "../ports/outgoing.ts";
import type { HeldLock } from "../ports/store.ts";

/** Of an output as JSON, in characters: it is part of every later step's context. What is larger belongs into a volume or a store of objects. */
export const OUTPUT_LIMIT = 64 * 1024;

/** Null: an output of so many characters is kept. */
export function outputTooLarge(characters: number): string | null {
  return characters <= OUTPUT_LIMIT ? null : `it has ${characters} characters, at most ${OUTPUT_LIMIT} are kept`;
}

export interface JobRun<I> {
  readonly project: string;
  /** `null` for a run of no application. */
  readonly application: string | null;
  /** `null` for a job of no component. */
  readonly component: string | null;
  readonly namespace: string;
  readonly run: string;
  /** Of the run, within its application. */
  readonly runNumber: number;
  /** Its name within the run. */
  readonly job: string;
  readonly revision: number;
  readonly attempt: number;
  /** What it holds while it runs. Whoever it works on can refuse what comes with a smaller fence than one it has seen. */
  readonly locks: readonly HeldLock[];
  /** Milliseconds, of the plan. */
  readonly clocks: Clocks;
  readonly onShort: OnShort;
  /** Milliseconds since the epoch: since when this attempt could have begun, had everything been free. A restart of ours does not change it. */
  readonly waitingSince: number;
  readonly waits: WaitHistory;
  readonly input: I;
  readonly objects: readonly PlannedObject[];
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** For limits that the document sets on waiting. */
  readonly runTime: RunTime;
  /** Aborts at the deadline, at a cancel and when the server stops; the job returns soon after, whatever it returns. */
  readonly signal: AbortSignal;
  /** Opens sealed tokens; hand it to the cluster, keep nothing of what it returns. */
  readonly reveal: (text: string) => string;
  /** From now on these texts stand in nothing that the attempt tells, keeps or ends with. */
  readonly conceal: (texts: readonly string[]) => void;
  /** Tells where the job stands. Cheap: only changes are written. `pending`: the user's program has not begun yet. */
  readonly report: (reason: Reason, evidence?: readonly Evidence[], phase?: "pending" | "running") => void;
  /** Says that the job only waits until then, and can be left and taken up again without a loss: nobody stays with it. */
  readonly park: (until: Date) => void;
  /** What people and workers sent to this job, oldest first, from the very first message on; goes on as new ones come, ends with the signal. */
  readonly messages: () => AsyncIterable<JobMessage>;
  /** The only way to addresses that users named. */
  readonly outgoing: Outgoing;
  /** Where and with which token this attempt can be told of from outside; the token opens nothing else. */
  readonly callback: () => Callback;
  readonly inventory: JobInventory;
  /** Results that are kept per content, so that the same thing is not done twice. */
  readonly completions: {
    get(content: string): Promise<JsonObject | null>;
    put(content: string, output: JsonObject): Promise<void>;
  };
  /** Tells everybody who listens to the project's events: sinks, streams, sockets. After a crash perhaps twice, with the same data. */
  readonly announce: (message: string, data: JsonObject) => Promise<void>;
  /** Keeps lines of the task's log beyond the life of its pod. */
  readonly keepLog: (lines: readonly LogLine[]) => Promise<void>;
}

/** Time that stands still while the run is paused: a pause must not use up what a document allows for waiting. */
export interface RunTime {
  /** Milliseconds of it since a moment, which is given in milliseconds since the epoch. */
  since(moment: number): number;
  /** Resolves after so many milliseconds of it, or when the signal aborts (without throwing). */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** How long jobs of all projects waited for room on this cluster, so that those who wait now can be told what to expect. */
interface WaitHistory {
  /** Milliseconds, of those who had to wait; the newest first, some twenty. */
  lately(flavor: string): Promise<readonly number[]>;
  add(flavor: string, milliseconds: number): Promise<void>;
}

export interface Callback {
  readonly url: string;
  readonly token: string;
}

export interface JobMessage {
  readonly sequence: number;
  readonly kind: string;
  /** The attempt that it was meant for; null: whichever is going on. */
  readonly attempt: number | null;
  readonly data: JsonObject;
  readonly actor: string;
  readonly at: string;
}

/** The list of what the application owns on this cluster, written before acting. */
export interface JobInventory {
  /** uid null: we are about to make it. */
  put(objects: readonly { readonly object: PlannedObject; readonly uid: string | null }[]): Promise<void>;
  forget(objects: readonly OwnedObject[]): Promise<void>;
  /** Of the whole application. */
  list(): Promise<readonly OwnedObject[]>;
}

/**
 * failed: the user's program ran and did not succeed, or asked for something wrong · rejected: the platform or the cluster refuses it ·
 * timed-out: ran longer than its clock allows · expired: waited longer than its clock allows · start-failed: its program never ran · interrupted: the platform took its place away.
 */
export type JobOutcome =
  | { readonly phase: "succeeded"; readonly reason: Reason; readonly output?: JsonObject }
  | {
      readonly phase: BadEnding;
      readonly reason: Reason;
      readonly evidence: readonly Evidence[];
      /** Another attempt could end differently (the cluster was away, the program may have been unlucky). */
      readonly retryable: boolean;
      /** Milliseconds before the next attempt, where the type knows better than its backoff. */
      readonly retryAfter?: number;
      /** It is known that the attempt did nothing, so that another one cannot do anything twice. */
      readonly untouched?: true;
    };

/** The outcome of a job type whose signal aborted. The engine knows why the signal aborted, and stores that reason instead of this one. */
export const STOPPED: JobOutcome = { phase: "interrupted", reason: reason("Stopped"), evidence: [], retryable: true };

// What a job type receives to work with, and what it returns. Nothing runs here: the job types themselves are in
// src/jobs.

import type { JsonObject } from "../model/data/json.ts";
import type { CapacityWeight } from "../model/kubernetes/capacity.ts";
import type { Evidence } from "../model/kubernetes/health.ts";
import { type Reason, reason } from "../model/reasons/reason.ts";
import type { BadEnding } from "../model/run/phase.ts";
import type { Clocks, OnShort, PlannedObject } from "../model/run/plan.ts";
import type { OwnedObject } from "../model/run/revision.ts";
import type { Priority } from "../model/run/run.ts";
import type { Clock } from "../ports/clock.ts";
import type { Cluster, LogLine } from "../ports/cluster.ts";
import type { Outgoing } from "../ports/outgoing.ts";
import type { HeldLock } from "../ports/store.ts";

/**
 * The largest output, in characters of JSON: an output is part of every later step's context. Larger data belongs in a
 * volume or a store.
 */
export const OUTPUT_LIMIT = 64 * 1024;

/** What is wrong with an output of so many characters; `null` when it is not too large. */
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
  /** The number of the run within its application. */
  readonly runNumber: number;
  /** The name of the job within the run. */
  readonly job: string;
  readonly revision: number;
  readonly attempt: number;
  /**
   * Locks that the job holds while it runs. A system that it works on can refuse a fence that is smaller than one it
   * has already seen.
   */
  readonly locks: readonly HeldLock[];
  /** Limits of the plan for parts of the time, in milliseconds. */
  readonly clocks: Clocks;
  readonly onShort: OnShort;
  /** The priority of the run: where the job stands among those of its project that wait for room. */
  readonly priority: Priority;
  /**
   * Milliseconds since the epoch at which this attempt could have begun if nothing had held it up. A restart of the
   * server does not change it.
   */
  readonly waitingSince: number;
  readonly waits: WaitHistory;
  /** The weights of the project when several projects wait for the same resources. */
  readonly capacityWeights: () => Promise<readonly CapacityWeight[]>;
  readonly input: I;
  readonly objects: readonly PlannedObject[];
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Time that stops while the run is paused, for limits that the document sets on waiting. */
  readonly runTime: RunTime;
  /** Aborts at the deadline, at a cancel and when the server stops. The job must then return soon, with any outcome. */
  readonly signal: AbortSignal;
  /** Opens sealed tokens. Pass the result to the cluster and store none of it. */
  readonly reveal: (text: string) => string;
  /**
   * Declares texts as secret: from now on they are removed from everything that the attempt reports, stores or returns.
   */
  readonly conceal: (texts: readonly string[]) => void;
  /** Reports where the job stands. Cheap: only changes are written. `pending`: the user's program has not begun yet. */
  readonly report: (reason: Reason, evidence?: readonly Evidence[], phase?: "pending" | "running") => void;
  /**
   * Says that the job only waits until then and can be left and resumed without a loss, so that no process has to stay
   * with it.
   */
  readonly park: (until: Date) => void;
  /**
   * Messages that people and workers sent to this job, oldest first, from the very first one on. Ends with the signal.
   */
  readonly messages: () => AsyncIterable<JobMessage>;
  /** The only way to addresses that users named. */
  readonly outgoing: Outgoing;
  /**
   * The address and the token with which a program outside the server can report on this attempt. The token opens
   * nothing else.
   */
  readonly callback: () => Callback;
  readonly inventory: JobInventory;
  /** Results that are kept per content, so that the same thing is not done twice. */
  readonly completions: {
    get(content: string): Promise<JsonObject | null>;
    put(content: string, output: JsonObject): Promise<void>;
  };
  /**
   * Sends a message to everything that listens to the project's events: sinks, streams, sockets. After a crash it may
   * be sent twice.
   */
  readonly announce: (message: string, data: JsonObject) => Promise<void>;
  /** Stores lines of the task's log, so that they outlive its pod. */
  readonly keepLog: (lines: readonly LogLine[]) => Promise<void>;
}

/** Time that stops while the run is paused, so that a pause does not use up what a document allows for waiting. */
export interface RunTime {
  /** Milliseconds of run time since a moment, which is given in milliseconds since the epoch. */
  since(moment: number): number;
  /** Resolves after so many milliseconds of run time, or when the signal aborts (it does not reject). */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/**
 * How long jobs of all projects waited for room on this cluster, so that jobs that wait now can report what to expect.
 */
interface WaitHistory {
  /** Milliseconds that jobs of a flavor had to wait, newest first, about twenty of them. */
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
  /** The attempt that the message is meant for; `null` means whichever attempt is in progress. */
  readonly attempt: number | null;
  readonly data: JsonObject;
  readonly actor: string;
  readonly at: string;
}

/** The inventory: what the application owns on this cluster. A job records an object before it creates it. */
export interface JobInventory {
  /** A `uid` of `null` means that the object is about to be created. */
  put(objects: readonly { readonly object: PlannedObject; readonly uid: string | null }[]): Promise<void>;
  forget(objects: readonly OwnedObject[]): Promise<void>;
  /** The objects of the whole application, not only of this job. */
  list(): Promise<readonly OwnedObject[]>;
}

/**
 * failed: the user's program ran and did not succeed, or asked for something wrong · rejected: the platform or the
 * cluster refuses the job · timed-out: it ran longer than its clock allows · expired: it waited longer than its clock
 * allows · start-failed: its program never ran · interrupted: the platform took its resources away.
 */
export type JobOutcome =
  | { readonly phase: "succeeded"; readonly reason: Reason; readonly output?: JsonObject }
  | {
      readonly phase: BadEnding;
      readonly reason: Reason;
      readonly evidence: readonly Evidence[];
      /**
       * True when another attempt could end differently (the cluster was unreachable, the program may have been
       * unlucky).
       */
      readonly retryable: boolean;
      /** Milliseconds before the next attempt, where the type knows better than its backoff. */
      readonly retryAfter?: number;
      /** True when it is known that the attempt did nothing, so that another attempt cannot do anything twice. */
      readonly untouched?: true;
    };

/**
 * The outcome of a job type whose signal aborted. The engine knows why the signal aborted, and stores that reason
 * instead of this one.
 */
export const STOPPED: JobOutcome = { phase: "interrupted", reason: reason("Stopped"), evidence: [], retryable: true };

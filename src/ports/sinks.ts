// The interface to the stored sinks and their progress. The events are a transactional outbox: each is written in the
// transaction of the change that it reports. So a sink only needs its position in the events and the keys that are held
// back. src/database/tables/sinks.ts implements it.

import type { SinkFailure } from "../model/reasons/sinkFailure.ts";
import type { EventType } from "../model/run/event.ts";

export type SinkSettings =
  /** `address`: the sealed URL, because the URL of a webhook often contains a secret. */
  | { readonly type: "webhook"; readonly address: string }
  | { readonly type: "kafka"; readonly brokers: readonly string[]; readonly topic: string };

export interface SinkFilter {
  /** Types of events to deliver. Empty: all types. */
  readonly events: readonly EventType[];
  readonly application: string | null;
}

export interface Sink {
  readonly id: string;
  readonly project: string;
  /** Unique within the project. */
  readonly name: string;
  readonly settings: SinkSettings;
  readonly filter: SinkFilter;
  /** The sealed secret that signs the calls of a webhook; `null` when there is none. */
  readonly secret: string | null;
  readonly createdAt: string;
}

export interface SinkState {
  /**
   * Sequence number of an event. All events up to it were delivered, were filtered out, or belong to a key that is held
   * back.
   */
  readonly position: number;
  /** Number of deliveries in a row that failed, over all keys. It opens the breaker. */
  readonly failures: number;
  /** Time of the first of those failures; `null` without failures. */
  readonly failingSince: string | null;
  /** Time until which the breaker is open; `null` when it is closed. */
  readonly retryAt: string | null;
  /** Whether delivery has stopped after failing for a long time. It starts again when a user resumes the sink. */
  readonly dead: boolean;
  readonly deliveredAt: string | null;
  readonly failure: SinkFailure | null;
}

/**
 * A key whose events are held back after one of them could not be delivered, so that events of other keys are not
 * delayed. The key is a run, or an application for events without a run.
 */
export interface BlockedKey {
  readonly application: string | null;
  readonly run: string | null;
  /** Sequence number of the first event that was not delivered. */
  readonly sequence: number;
  readonly failures: number;
  readonly since: string;
  readonly retryAt: string;
  readonly dead: boolean;
}

export interface StoredSink {
  readonly sink: Sink;
  readonly state: SinkState;
  readonly blocked: readonly BlockedKey[];
}

export interface SinkLease {
  readonly owner: string;
  readonly now: string;
  /** Time at which the lease ends, unless the owner renews it. */
  readonly until: string;
}

export interface SinkProgress {
  readonly sink: string;
  /** The process that has the lease on the sink. */
  readonly owner: string;
  readonly state: SinkState;
  /** Keys that are held back from now on, or whose state changed. */
  readonly blocked: readonly BlockedKey[];
  readonly release: readonly Pick<BlockedKey, "application" | "run">[];
}

export interface SinkLag {
  /** Number of events of the project after the position. */
  readonly events: number;
  /** Time of the oldest event that was not delivered; `null` when all were delivered. */
  readonly since: string | null;
}

export interface Sinks {
  /** Adds a sink, which begins with the next event. `false` when the project already has a sink of that name. */
  add(sink: Sink): Promise<boolean>;
  /** Sinks sorted by name. Without a project: those of all projects. */
  list(project?: string): Promise<readonly StoredSink[]>;
  get(project: string, name: string): Promise<StoredSink | null>;
  remove(project: string, name: string): Promise<boolean>;
  /**
   * Leases the sink to one process and returns its present state. `null` when another process has it, or it no longer
   * exists.
   */
  lease(id: string, lease: SinkLease): Promise<StoredSink | null>;
  /**
   * Stores the progress. `false` when the lease was lost: nothing is written, and the delivered events will be
   * delivered again.
   */
  progress(change: SinkProgress): Promise<boolean>;
  /** Gives up the lease. */
  yield(id: string, owner: string): Promise<void>;
  /** Tries dead and waiting deliveries immediately. `false` when there is no such sink. */
  resume(project: string, name: string, now: string): Promise<boolean>;
  lag(stored: StoredSink): Promise<SinkLag>;
  /**
   * Calls `onChange` after a sink was added, removed or resumed through this store object. Changes of other processes
   * are not reported.
   */
  subscribe(onChange: () => void): () => void;
}

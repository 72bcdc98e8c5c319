// Where sinks and what they have delivered are kept. The events themselves are the outbox: they are written in the transaction of the
// state that they tell of, so all that a sink needs is a position among them, and the runs that are held back behind it.

import type { SinkFailure } from "../model/reasons/sinkFailure.ts";
import type { EventType } from "../model/run/event.ts";

export type SinkSettings =
  /** `address`: the URL, sealed: webhooks often carry a secret in it. */
  | { readonly type: "webhook"; readonly address: string }
  | { readonly type: "kafka"; readonly brokers: readonly string[]; readonly topic: string };

export interface SinkFilter {
  /** Empty: all. */
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
  /** Sealed; what a webhook's calls are signed with. */
  readonly secret: string | null;
  readonly createdAt: string;
}

export interface SinkState {
  /** Every event up to here was delivered, did not pass the filter, or belongs to a key that is held back. */
  readonly position: number;
  /** Deliveries that failed one after the other, whatever their key: what opens the breaker. */
  readonly failures: number;
  /** Of the first of them. */
  readonly failingSince: string | null;
  /** The breaker is open until then. */
  readonly retryAt: string | null;
  /** Nothing was taken for so long that nothing is tried any more, until somebody says so. */
  readonly dead: boolean;
  readonly deliveredAt: string | null;
  readonly failure: SinkFailure | null;
}

/** Events of one key (a run; or an application, for events of no run) that wait behind one that was not taken, so that others need not. */
export interface BlockedKey {
  readonly application: string | null;
  readonly run: string | null;
  /** Of the first event that was not taken. */
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
  /** The claim ends by itself then, unless it is made anew. */
  readonly until: string;
}

export interface SinkProgress {
  readonly sink: string;
  /** Who claimed it. */
  readonly owner: string;
  readonly state: SinkState;
  /** Written, or replaced. */
  readonly blocked: readonly BlockedKey[];
  readonly release: readonly Pick<BlockedKey, "application" | "run">[];
}

export interface SinkLag {
  /** Events of the project behind the position. */
  readonly events: number;
  /** When the oldest event was written that was not delivered; null when there is none. */
  readonly since: string | null;
}

export interface Sinks {
  /** Begins with the next event. False: the project has a sink of that name. */
  add(sink: Sink): Promise<boolean>;
  /** By name; without a project: all of them. */
  list(project?: string): Promise<readonly StoredSink[]>;
  get(project: string, name: string): Promise<StoredSink | null>;
  remove(project: string, name: string): Promise<boolean>;
  /** The sink as it is now, for one deliverer at a time; null: another one has it, or it is gone. */
  lease(id: string, claim: SinkLease): Promise<StoredSink | null>;
  /** False when the claim was lost meanwhile: nothing was written, and what was delivered will be delivered again. */
  progress(change: SinkProgress): Promise<boolean>;
  /** Gives the claim back. */
  yield(id: string, owner: string): Promise<void>;
  /** What is dead or waits for its next attempt is tried at once. False: there is no such sink. */
  resume(project: string, name: string, now: string): Promise<boolean>;
  lag(stored: StoredSink): Promise<SinkLag>;
  /** Called after a sink was added, removed or resumed through this store object; of other processes nobody tells. */
  subscribe(onChange: () => void): () => void;
}

// The interface to the database. src/database implements it for SQLite and PostgreSQL; test/contracts/database tests
// both. Each method is one transaction, and its changes are durable when it resolves.

import type { JsonObject } from "../model/data/json.ts";
import { writtenName } from "../model/kubernetes/name.ts";
import type { NewEvent, PlatformEvent } from "../model/run/event.ts";
import type { Phase } from "../model/run/phase.ts";
import type { ApplicationSummary, OwnedObject, Revision } from "../model/run/revision.ts";
import type { Job, Run, RunEnding } from "../model/run/run.ts";
import type { BackupRecord } from "./backup.ts";
import type { CapacityWeights } from "./capacityWeights.ts";
import type { RegisteredClusters } from "./clusterRegistry.ts";
import type { Registrations } from "./registrations.ts";
import type { Retention } from "./retention.ts";
import type { JobUnderWay, KeptRuns, RunFilter, UnfinishedRun } from "./runLists.ts";
import type { Schedules } from "./schedules.ts";
import type { Sinks } from "./sinks.ts";

export interface Page {
  readonly limit: number;
  /** Opaque cursor from the page before. Another text is refused with `InvalidCursor`. */
  readonly after?: string;
}

/** A mistake of the caller: `Page.after` does not come from the list that it was used for. */
export class InvalidCursor extends Error {
  constructor() {
    super("the cursor does not come from an earlier page of this list: leave it out to begin with the first page");
    this.name = "InvalidCursor";
  }
}

export interface Paged<T> {
  readonly items: readonly T[];
  /** Cursor for the next page; `null` on the last page. */
  readonly next: string | null;
}

export interface Applications {
  list(project: string, page: Page): Promise<Paged<ApplicationSummary>>;
  /** Applications of all projects, sorted by project and name, for the engine. */
  all(page: Page): Promise<Paged<ApplicationSummary>>;
  get(project: string, name: string): Promise<ApplicationSummary | null>;
  revision(project: string, name: string, number: number): Promise<Revision | null>;
  /** Revisions of an application, newest first. */
  revisions(project: string, name: string, page: Page): Promise<Paged<Revision>>;
  /**
   * The smallest number for a new revision: 1 for a new application. After a deletion `get` returns `null` and
   * `expectedRevision` is 0 again, but the numbers continue, so that a number never means two different documents.
   */
  nextRevisionNumber(project: string, name: string): Promise<number>;
  /** Applications of all projects in a namespace, to find two applications that want the same object. */
  inNamespace(cluster: string, namespace: string): Promise<readonly ApplicationSummary[]>;
}

export interface NewRun {
  readonly run: Run;
  readonly jobs: readonly Job[];
  readonly events: readonly NewEvent[];
  /** The new revision of this run, if it has one. */
  readonly revision?: Revision;
  /**
   * Newest revision number that the caller saw (0: none). If the newest one is different, another request was faster.
   */
  readonly expectedRevision: number;
  /** Stored with the run, so that a repeated request gets the same run. */
  readonly idempotency?: IdempotencyRecord;
}

export interface IdempotencyRecord {
  readonly project: string;
  readonly key: string;
  /** Hash of the request, to detect a different request with the same key. */
  readonly request: string;
  readonly run: string;
}

/**
 * Conflict "revision": the newest revision is `actual`, not the expected one (or the new number is not above the used
 * ones). Conflict "run": `actual` is the id of a run that has not ended, or that took the run number or the idempotency
 * key first. The caller reads `idempotent` again before it reports the conflict, because the same request may have
 * succeeded through another process.
 */
export type CreateRunResult =
  /** `number`: number of the run. For a run without an application, it is assigned here. */
  | { readonly ok: true; readonly number: number }
  | { readonly ok: false; readonly conflict: "revision" | "run"; readonly actual: string };

/** A key that at most `limit` jobs have at the same time. A lock is a limit of one. */
export interface Lock {
  readonly key: string;
  readonly limit: number;
  /**
   * Whether the key is shared: any number of jobs that share it may have it together, but not with a job that does not
   * share it.
   */
  readonly shared?: boolean;
}

/**
 * A lock that a job has. `fence` grows with each new holder of the key: a write with a smaller number comes from a job
 * that lost it.
 */
export interface HeldLock {
  readonly key: string;
  readonly fence: number;
}

export interface LockRefusal {
  readonly job: string;
  readonly key: string;
  readonly limit: number;
  readonly holders: readonly { readonly run: string; readonly job: string }[];
  /** Time at which the first of their leases ends, unless it is renewed; `null`: never. */
  readonly until: string | null;
}

/**
 * `stale`: an expected state did not match, or the run has already ended; nothing was written. `held`: a lock is not
 * free; only the place of the job in the queue for it was written.
 */
export type ChangeResult =
  /** `wake`: runs that wait for locks that became free. `locks`: the locks of each job that started. */
  | {
      readonly outcome: "changed";
      readonly wake: readonly string[];
      readonly locks: ReadonlyMap<string, readonly HeldLock[]>;
    }
  /** A lock of the job was given to another job after its lease had ended. Nothing was written. */
  | { readonly outcome: "displaced"; readonly job: string }
  | { readonly outcome: "stale" }
  | { readonly outcome: "held"; readonly refusal: LockRefusal };

export interface JobChange {
  readonly job: Job;
  /**
   * Locks to take with this change, which starts the job. It has them until the lease ends or the job no longer runs.
   */
  readonly locks?: readonly Lock[];
  /** The change is made only if the job still has these locks. */
  readonly held?: readonly HeldLock[];
  /** The change is made only if the job still has this phase and attempt. */
  readonly from: { readonly phase: Phase; readonly attempt: number };
}

export interface RunChange {
  readonly run: string;
  /** Number from `takeFence`. The change is made only if no other process has taken a newer number. */
  readonly fence?: number;
  readonly jobs: readonly JobChange[];
  readonly events: readonly NewEvent[];
  /** Set when the run ends with this change. */
  readonly finish?: { readonly phase: RunEnding; readonly at: string };
}

export interface Runs {
  /**
   * Writes revision, run, jobs, events and idempotency record in one transaction. An application has at most one
   * unfinished run; there may be any number of runs without an application.
   */
  create(request: NewRun): Promise<CreateRunResult>;
  /**
   * The number for the next run of the application. A number is never used twice, also after a deletion. Two callers
   * may get the same number; then `create` accepts only one of them.
   */
  nextRunNumber(project: string, application: string): Promise<number>;
  get(id: string): Promise<Run | null>;
  /** These runs, for lists. The order is not that of the ids, and unknown ids are left out. */
  many(ids: readonly string[]): Promise<readonly Run[]>;
  /** Jobs of the run in the order of their creation. */
  jobs(id: string): Promise<readonly Job[]>;
  /** The jobs of these runs that have started or that the engine makes wait, without their plans, for lists. */
  underWay(ids: readonly string[]): Promise<readonly JobUnderWay[]>;
  /**
   * Runs, newest first. `keep` chooses among the runs that fit the filter, by something that is not stored; a page is
   * filled with kept runs.
   */
  list(filter: RunFilter, page: Page, keep?: KeptRuns): Promise<Paged<Run>>;
  /** Runs of all projects that have to be driven, oldest first. */
  unfinished(): Promise<readonly UnfinishedRun[]>;
  /**
   * Returns a new fence number. Processes with an older number can no longer change the run. `null` when it does not
   * exist or has ended.
   */
  takeFence(id: string): Promise<number | null>;
  /** Writes the whole change or nothing. */
  change(change: RunChange): Promise<ChangeResult>;
  /** Marks a run for cancellation. `false` when it has ended or was already cancelled. */
  cancel(id: string, actor: string, events: readonly NewEvent[]): Promise<boolean>;
  /** For a cancelled run: its final jobs shall not run either. `false` when it has ended or was already marked. */
  skipFinal(id: string, actor: string, events: readonly NewEvent[]): Promise<boolean>;
  /** Renews the leases of all locks of the run and returns the locks of each job. */
  renewLocks(id: string): Promise<ReadonlyMap<string, readonly HeldLock[]>>;
  /**
   * Pauses a run in the name of `actor`, or resumes it (`null`). `false` when it has ended or is already in that state.
   */
  pause(id: string, actor: string | null, events: readonly NewEvent[]): Promise<boolean>;
  idempotent(project: string, key: string): Promise<IdempotencyRecord | null>;
}

export interface NewMessage {
  readonly run: string;
  readonly job: string;
  readonly kind: string;
  readonly attempt: number | null;
  readonly data: JsonObject;
  readonly actor: string;
  /** Messages with the same key are the same message, which is stored once. */
  readonly key: string;
}

export interface StoredMessage extends NewMessage {
  readonly sequence: number;
  readonly at: string;
}

/**
 * Messages of people and workers to a job: approvals, heartbeats, results. They are stored, so that a continued job
 * finds them.
 */
export interface Messages {
  /** `false` when a message with that key exists; nothing is written then. */
  put(message: NewMessage): Promise<boolean>;
  /** Messages after the sequence number, oldest first. */
  after(run: string, job: string, sequence: number): Promise<readonly StoredMessage[]>;
  /**
   * Replaces the message with the same key, with a new sequence number. For heartbeats, of which only the last one
   * matters.
   */
  replace(message: NewMessage): Promise<void>;
}

export interface Events {
  /** Events after the sequence number, oldest first. */
  after(
    filter: { readonly project: string; readonly application?: string | null; readonly run?: string },
    sequence: number,
    limit: number,
  ): Promise<readonly PlatformEvent[]>;
  /** Events of all projects that report the end of a run. */
  runsEnded(sequence: number, limit: number): Promise<readonly PlatformEvent[]>;
  latest(): Promise<number>;
  append(event: NewEvent): Promise<void>;
  /**
   * Calls `onCommit` after each commit that wrote events, by this or another process. Sometimes there is no new event,
   * so the caller reads `after`.
   */
  subscribe(onCommit: () => void): () => void;
}

/**
 * The error when another application owns the object, or has recorded it first. Nothing of the call was written.
 * `object` is what the caller wanted to record.
 */
export class OwnedByOther extends Error {
  readonly object: OwnedObject;
  readonly owner: OwnedObject;

  constructor(object: OwnedObject, holder: OwnedObject) {
    const owner = `application ${writtenName(holder.application)} of project ${holder.project}`;
    super(`${object.kind}/${object.name} is held by ${owner}`);
    this.name = "OwnedByOther";
    this.object = object;
    this.owner = holder;
  }
}

export interface Inventory {
  /**
   * Records objects before their creation (uid `null`) and uids after it. A uid comes from the cluster, so the last one
   * wins. Without a uid the first application wins, and the call throws `OwnedByOther` for the others.
   */
  put(objects: readonly OwnedObject[]): Promise<void>;
  /** Removes objects that the application still owns. An object that another application has taken over is kept. */
  remove(objects: readonly OwnedObject[]): Promise<void>;
  list(project: string, application: string | null): Promise<readonly OwnedObject[]>;
  /** The entry of the application, of any project, that owns this object. */
  owner(
    object: Pick<OwnedObject, "cluster" | "apiVersion" | "kind" | "namespace" | "name">,
  ): Promise<OwnedObject | null>;
}

/** Results of work that is done once per content, such as tasks. */
export interface Completions {
  get(key: CompletionKey): Promise<JsonObject | null>;
  put(key: CompletionKey, output: JsonObject): Promise<void>;
  /** Called when the application is deleted, so that its tasks run again when it is created again. */
  forget(project: string, application: string): Promise<void>;
}

interface CompletionKey {
  readonly project: string;
  readonly application: string | null;
  readonly component: string | null;
  readonly content: string;
}

interface StoredLogLine {
  readonly at: string;
  readonly pod: string;
  readonly container: string;
  readonly text: string;
}

/** Logs of tasks, which are stored because their pods are removed. */
export interface Logs {
  /**
   * Stores lines, except those that are already stored: the same pod, container, time and text, and not more of them
   * than one call had. So a job that was interrupted after it stored its log may store it again.
   */
  append(run: string, job: string, lines: readonly StoredLogLine[]): Promise<void>;
  /** The last `limit` lines, oldest first. */
  read(run: string, job: string, limit: number): Promise<readonly StoredLogLine[]>;
  /** Number of stored lines. */
  count(run: string, job: string): Promise<number>;
  /** The newest run of the application with a stored log of that job. */
  latestRun(project: string, application: string, job: string): Promise<string | null>;
}

export type Role = "read" | "write" | "admin";
export interface Token {
  readonly id: string;
  readonly name: string;
  /** Name of the project; "*": all projects. */
  readonly project: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** Name of the token that created it. `null` when the server itself or a program older than this field created it. */
  readonly madeBy: string | null;
}

/** How long jobs waited for room, to estimate the wait of other jobs. */
export interface Waits {
  /** The last waits in milliseconds, newest first, at most twenty. */
  lately(cluster: string, flavor: string): Promise<readonly number[]>;
  /** Stores a wait and removes those that `lately` no longer returns. */
  add(wait: { readonly cluster: string; readonly flavor: string; readonly milliseconds: number }): Promise<void>;
}

export interface Tokens {
  /**
   * Stores the hash of a token; the token itself is never stored. `false` when another token has that name; nothing is
   * written then.
   */
  add(token: Token, hash: string): Promise<boolean>;
  /** Also returns expired tokens: the caller checks the time. */
  byHash(hash: string): Promise<Token | null>;
  list(): Promise<readonly Token[]>;
  remove(id: string): Promise<boolean>;
}

export interface Store {
  readonly applications: Applications;
  readonly runs: Runs;
  readonly messages: Messages;
  readonly events: Events;
  readonly inventory: Inventory;
  readonly completions: Completions;
  readonly logs: Logs;
  readonly tokens: Tokens;
  readonly waits: Waits;
  readonly capacityWeights: CapacityWeights;
  readonly sinks: Sinks;
  readonly schedules: Schedules;
  readonly clusters: RegisteredClusters;
  readonly retention: Retention;
  readonly registrations: Registrations;
  /**
   * Whether the last write failed because the disk is full, or a write failed for that reason in the last 30 seconds.
   */
  isFull(): boolean;
  /** All data of one point in time, while other processes continue to write. */
  backup(): AsyncIterable<BackupRecord>;
  /**
   * Stores a small setting of the installation, e.g. the canary of the vault. The first write wins; the stored value is
   * returned.
   */
  setting(name: string, value: string): Promise<string>;
  /**
   * Removes the application and its revisions after a delete run. Runs and events stay for the history, and numbers
   * continue. Does nothing when its newest run is not a delete run, because the application was deployed again
   * meanwhile.
   */
  forgetApplication(project: string, name: string): Promise<void>;
  close(): Promise<void>;
}

// What the core needs from a store. One contract suite for SQLite and PostgreSQL.
// Every method is one transaction. What it returned is durable.

import type { JsonObject } from "../model/data/json.ts";
import { writtenName } from "../model/kubernetes/name.ts";
import type { NewEvent, PlatformEvent } from "../model/run/event.ts";
import type { Phase } from "../model/run/phase.ts";
import type { ApplicationSummary, OwnedObject, Revision } from "../model/run/revision.ts";
import type { Job, Run, RunEnding, RunPhase } from "../model/run/run.ts";
import type { BackupRecord } from "./backup.ts";
import type { RegisteredClusters } from "./clusterRegistry.ts";
import type { Registrations } from "./registrations.ts";
import type { Retention } from "./retention.ts";
import type { Schedules } from "./schedules.ts";
import type { Sinks } from "./sinks.ts";

export interface Page {
  readonly limit: number;
  /** Opaque, from the page before. A text that no list gave out is refused with InvalidCursor. */
  readonly after?: string;
}

/** The caller's mistake, never the store's: `Page.after` does not come from the list that it was given to. */
export class InvalidCursor extends Error {
  constructor() {
    super("the cursor does not come from an earlier page of this list: leave it out to begin with the first page");
    this.name = "InvalidCursor";
  }
}

export interface Paged<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly next: string | null;
}

export interface Applications {
  list(project: string, page: Page): Promise<Paged<ApplicationSummary>>;
  /** Of all projects, by project and name: for what the engine looks after by itself. */
  all(page: Page): Promise<Paged<ApplicationSummary>>;
  get(project: string, name: string): Promise<ApplicationSummary | null>;
  revision(project: string, name: string, number: number): Promise<Revision | null>;
  /** Newest first. */
  revisions(project: string, name: string, page: Page): Promise<Paged<Revision>>;
  /**
   * The number that a new revision must bear (or a greater one). 1 for a new application; after a deletion it goes on above
   * the old ones, although `get` answers null and expectedRevision is 0 again: a number never means two different documents.
   */
  nextRevisionNumber(project: string, name: string): Promise<number>;
  /** Of all projects: who runs where. For "two applications want the same object". */
  inNamespace(cluster: string, namespace: string): Promise<readonly ApplicationSummary[]>;
}

export interface NewRun {
  readonly run: Run;
  readonly jobs: readonly Job[];
  readonly events: readonly NewEvent[];
  /** The revision that this run brings, when it brings one. */
  readonly revision?: Revision;
  /** Newest revision number that the caller saw (0: none). Another one means that somebody was faster. */
  readonly expectedRevision: number;
  /** Kept with the answer, so that a repeated request gets the same one. */
  readonly idempotency?: IdempotencyRecord;
}

export interface IdempotencyRecord {
  readonly project: string;
  readonly key: string;
  /** Hash of the request. */
  readonly request: string;
  readonly run: string;
}

/**
 * Conflict "revision": the newest revision is `actual`, not the expected one (or the new number is not above those used before).
 * Conflict "run": `actual` is the id of the run that is in the way: it has not ended, or it took the run number or the idempotency
 * key first. Look at `idempotent` again before telling the user: the same request may have been faster through another process.
 */
export type CreateRunResult =
  /** `number`: what the run is called; of a run of no application it is given here. */
  | { readonly ok: true; readonly number: number }
  | { readonly ok: false; readonly conflict: "revision" | "run"; readonly actual: string };

/** At most `limit` jobs hold the key at a time. A lock is a limit of one. */
export interface Lock {
  readonly key: string;
  readonly limit: number;
  /** Beside others that share it, whatever the limit; never beside one that does not. */
  readonly shared?: boolean;
}

/** `fence` grows with everybody who gets the key: what is sent with a smaller one is from somebody who has lost it. */
export interface HeldLock {
  readonly key: string;
  readonly fence: number;
}

export interface LockRefusal {
  readonly job: string;
  readonly key: string;
  readonly limit: number;
  readonly holders: readonly { readonly run: string; readonly job: string }[];
  /** When the first of their leases runs out, unless it is renewed. Null: never. */
  readonly until: string | null;
}

/**
 * stale: a guard did not match, or the run that it finishes has ended already: nothing was written · held: a claim cannot be taken; nothing
 * was written but that the job stands in line for it.
 */
export type ChangeResult =
  /** `wake`: runs that wait for what came free. `locks`: what each job that started holds. */
  | {
      readonly outcome: "changed";
      readonly wake: readonly string[];
      readonly locks: ReadonlyMap<string, readonly HeldLock[]>;
    }
  /** A claim of the job was given to somebody else when its lease had run out: nothing was written. */
  | { readonly outcome: "displaced"; readonly job: string }
  | { readonly outcome: "stale" }
  | { readonly outcome: "held"; readonly refusal: LockRefusal };

export interface JobChange {
  readonly job: Job;
  /** Taken with this change, which starts the job, until the lease runs out or the job no longer runs. */
  readonly locks?: readonly Lock[];
  /** The change is made only if these are still the job's: the fence of what it did under them. */
  readonly held?: readonly HeldLock[];
  /** The change is made only if the job is still so: attempt and phase are the fence. */
  readonly from: { readonly phase: Phase; readonly attempt: number };
}

export interface RunChange {
  readonly run: string;
  /** From `claim`: the change is made only if nobody claimed the run since. */
  readonly fence?: number;
  readonly jobs: readonly JobChange[];
  readonly events: readonly NewEvent[];
  /** Set when the run settles with this change. */
  readonly finish?: { readonly phase: RunEnding; readonly at: string };
}

export type UnfinishedRun = Pick<Run, "id" | "project" | "priority" | "startAt" | "pausedBy" | "cancelledBy">;

export type JobUnderWay = Pick<Job, "run" | "name" | "phase" | "reason">;

interface RunFilter {
  readonly project: string;
  /** `null`: runs of no application. */
  readonly application?: string | null;
  readonly phase?: RunPhase;
}

export interface Runs {
  /** Revision, run, jobs, events and idempotency record together or not at all. At most one unfinished run per application; of none: any number. */
  create(request: NewRun): Promise<CreateRunResult>;
  /** The number for the application's next run: never used twice, goes on after a deletion. Two callers may get the same; `create` lets one win. */
  nextRunNumber(project: string, application: string): Promise<number>;
  get(id: string): Promise<Run | null>;
  /** In the order in which they were created. */
  jobs(id: string): Promise<readonly Job[]>;
  /** Of these runs: the jobs that have begun, or that the engine holds back; without their plans, for lists. */
  underWay(ids: readonly string[]): Promise<readonly JobUnderWay[]>;
  /** Newest first. */
  list(filter: RunFilter, page: Page): Promise<Paged<Run>>;
  /** Of all projects, oldest first: what has to be driven. */
  unfinished(): Promise<readonly UnfinishedRun[]>;
  /** A new fence: whoever claimed the run before changes nothing any more. Null: there is no such run, or it has ended. */
  takeFence(id: string): Promise<number | null>;
  /** All or nothing. */
  change(change: RunChange): Promise<ChangeResult>;
  /** Marks a run for cancellation; false when it has ended or was cancelled before. */
  cancel(id: string, actor: string, events: readonly NewEvent[]): Promise<boolean>;
  /** After a cancel, or with it: final jobs are not to run either. False when it has ended or that was said before. */
  skipFinal(id: string, actor: string, events: readonly NewEvent[]): Promise<boolean>;
  /** Gives all claims of the run a new lease, and answers what each job holds. */
  renewLocks(id: string): Promise<ReadonlyMap<string, readonly HeldLock[]>>;
  /** Marks a run as paused by `actor`, or goes on (null); false when it has ended or is so already. */
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
  /** The same key twice is the same message: it is kept once. */
  readonly key: string;
}

export interface StoredMessage extends NewMessage {
  readonly sequence: number;
  readonly at: string;
}

/** What people and workers send to a job: approvals, heartbeats, results. Kept, so that a job that is taken up again finds them. */
export interface Messages {
  /** False when that key is there already: nothing was written. */
  put(message: NewMessage): Promise<boolean>;
  /** Oldest first, those after the sequence number. */
  after(run: string, job: string, sequence: number): Promise<readonly StoredMessage[]>;
  /** In the place of the one with the same key, as the newest (a heartbeat: only the last one tells something). */
  replace(message: NewMessage): Promise<void>;
}

export interface Events {
  /** Oldest first, after the sequence number. */
  after(
    filter: { readonly project: string; readonly application?: string | null; readonly run?: string },
    sequence: number,
    limit: number,
  ): Promise<readonly PlatformEvent[]>;
  /** Of all projects: only the ends of runs. */
  runsEnded(sequence: number, limit: number): Promise<readonly PlatformEvent[]>;
  latest(): Promise<number>;
  append(event: NewEvent): Promise<void>;
  /** Called after every commit that wrote events, wherever in the store it happened; sometimes without a new event. Look with `after`. */
  subscribe(onCommit: () => void): () => void;
}

/**
 * An intent came too late: another application holds the object, or intends to make it. Nothing of the call was written.
 * `object`: what was to be put there.
 */
export class OwnedByOther extends Error {
  readonly object: OwnedObject;
  readonly owner: OwnedObject;

  constructor(object: OwnedObject, holder: OwnedObject) {
    const owner = `application ${writtenName(holder.application)} of project ${holder.project}`;
    super(`${object.kind}/${object.name} is held by ${owner}`);
    this.name = "HeldByOther";
    this.object = object;
    this.owner = holder;
  }
}

export interface Inventory {
  /**
   * Writes intents and uids. A uid is what the cluster said, so the last one wins. An intent (uid null) is a claim: the first one wins,
   * and the call throws HeldByOther for the others.
   */
  put(objects: readonly OwnedObject[]): Promise<void>;
  /** Only what the application (still) holds: an object that another one has taken over meanwhile stays with it. */
  remove(objects: readonly OwnedObject[]): Promise<void>;
  list(project: string, application: string | null): Promise<readonly OwnedObject[]>;
  /** Who holds an object of that address on that cluster, whichever project. */
  owner(
    object: Pick<OwnedObject, "cluster" | "apiVersion" | "kind" | "namespace" | "name">,
  ): Promise<OwnedObject | null>;
}

/** Results of things that are done once per content (tasks). */
export interface Completions {
  get(key: CompletionKey): Promise<JsonObject | null>;
  put(key: CompletionKey, output: JsonObject): Promise<void>;
  /** When the application is deleted: its tasks will run again when it comes back. */
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

/** Logs of tasks, kept when their pods are gone. */
export interface Logs {
  /**
   * Lines that are there already are not written again: same pod, container, moment and text, and no more of them than one call had.
   * So a job that was interrupted after its log was kept may keep it once more.
   */
  append(run: string, job: string, lines: readonly StoredLogLine[]): Promise<void>;
  /** The last `limit` lines, oldest first. */
  read(run: string, job: string, limit: number): Promise<readonly StoredLogLine[]>;
  /** How many lines there are. */
  count(run: string, job: string): Promise<number>;
  /** The newest run of the application with a stored log of that job. */
  latestRun(project: string, application: string, job: string): Promise<string | null>;
}

export type Role = "read" | "write" | "admin";
export interface Token {
  readonly id: string;
  readonly name: string;
  /** "*" stands for all projects. */
  readonly project: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** Name of the token that made it. Null: the server itself did, or a program older than this field. */
  readonly madeBy: string | null;
}

/** How long jobs waited for room, for the estimate that those who wait now are given. */
export interface Waits {
  /** Milliseconds, the newest first, twenty at most. */
  lately(cluster: string, flavor: string): Promise<readonly number[]>;
  /** Older ones than are ever asked for are dropped. */
  add(wait: { readonly cluster: string; readonly flavor: string; readonly milliseconds: number }): Promise<void>;
}

export interface Tokens {
  /** The hash only; the token itself is shown once and never stored. False: another token has that name, and nothing was written. */
  add(token: Token, hash: string): Promise<boolean>;
  /** Expired ones too: the caller looks at the clock. */
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
  readonly sinks: Sinks;
  readonly schedules: Schedules;
  readonly clusters: RegisteredClusters;
  readonly retention: Retention;
  readonly registrations: Registrations;
  /** Whether the last write found no room on its disk, or one did a moment ago. */
  isFull(): boolean;
  /** Everything, as it is at one moment, while others go on writing. */
  backup(): AsyncIterable<BackupRecord>;
  /** Small settings of the installation, e.g. the vault's canary. First write wins; answers what is stored. */
  setting(name: string, value: string): Promise<string>;
  /**
   * Removes the application with its revisions once a delete run ended; runs and events stay for the history, numbers go on.
   * Does nothing when its newest run is not a delete run: somebody deployed it again in between.
   */
  forgetApplication(project: string, name: string): Promise<void>;
  close(): Promise<void>;
}

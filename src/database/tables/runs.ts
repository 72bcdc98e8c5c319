// Runs and their jobs. Each change is only made if the state is still the one that the caller saw, so that a driver
// that lost its run changes nothing. insertRun.ts creates runs.
import type { Transaction } from "kysely";
import type { NewEvent } from "../../model/run/event.ts";
import { isActive, isSettled } from "../../model/run/phase.ts";
import type { Pause } from "../../model/run/run.ts";
import type { ChangeResult, HeldLock, JobChange, LockRefusal, RunChange, Runs } from "../../ports/store.ts";
import { fromJson, toJson } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";
import { changingColumns, jobOf } from "../connection/jobColumns.ts";
import type { Leases } from "../connection/lockLeases.ts";
import type { Tables } from "../connection/schema.ts";
import { commit, insertEvents } from "./events.ts";
import { isNewestFence, takeFence } from "./fences.ts";
import { insertRun } from "./insertRun.ts";
import { freeLocks, holdsLocks, queueForLock, renewLocks, takeLocks } from "./locks.ts";
import { listRuns, runOf, runsCalled, underWay } from "./runList.ts";

export function createRuns(database: Database): Runs {
  const { queries } = database;
  return {
    create: (request) => insertRun(database, request),
    change: (change) => changeRun(database, change),
    cancel: (id, actor, events) => cancelRun(database, { id, actor, events }),
    skipFinal: (id, actor, events) => skipFinal(database, { id, actor, events }),
    renewLocks: (id) => renewLocks(database, id),
    pause: (id, actor, events) => pauseRun(database, { id, actor, events }),
    async get(id) {
      const row = await queries.selectFrom("runs").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : runOf(row);
    },
    many: (ids) => runsCalled(database, ids),
    async nextRunNumber(project, application) {
      const runs = queries.selectFrom("runs").where("project", "=", project).where("application", "=", application);
      const row = await runs.select("number").orderBy("number", "desc").limit(1).executeTakeFirst();
      return (row?.number ?? 0) + 1;
    },
    async jobs(id) {
      const rows = await queries.selectFrom("jobs").selectAll().where("run", "=", id).orderBy("position").execute();
      return rows.map(jobOf);
    },
    underWay: (ids) => underWay(database, ids),
    list: (filter, page, keep) => listRuns(database, { filter, page, keep }),
    async unfinished() {
      const rows = await queries
        .selectFrom("runs")
        .select(["id", "project", "priority", "start_at", "paused_by", "cancelled_by"])
        .where("phase", "=", "running")
        .orderBy("position")
        .execute();
      return rows.map(({ start_at: startAt, paused_by: pausedBy, cancelled_by: cancelledBy, ...row }) => ({
        ...row,
        startAt,
        pausedBy,
        cancelledBy,
      }));
    },
    takeFence: (id) => takeFence(queries, id),
    async idempotent(project, key) {
      const row = await queries
        .selectFrom("idempotency")
        .selectAll()
        .where("project", "=", project)
        .where("key", "=", key)
        .executeTakeFirst();
      return row ?? null;
    },
  };
}

/** Thrown to roll the transaction back when the expected state does not match. It is always caught in this file. */
class Stale extends Error {}

/** Thrown to roll the transaction back when a lock is not free. It is always caught in this file. */
class LockHeld extends Error {
  readonly refusal: LockRefusal;

  constructor(refusal: LockRefusal) {
    super(refusal.key);
    this.refusal = refusal;
  }
}

/** Thrown to roll the transaction back when another job has a lock of this job. It is always caught in this file. */
class Displaced extends Error {
  readonly job: string;

  constructor(job: string) {
    super(job);
    this.job = job;
  }
}

interface LockChanges {
  readonly wake: Set<string>;
  readonly locks: Map<string, readonly HeldLock[]>;
}

async function changeRun(database: Database, change: RunChange): Promise<ChangeResult> {
  const lockChanges: LockChanges = { wake: new Set(), locks: new Map() };
  try {
    const changed = await tryChange(database, change, lockChanges);
    return changed
      ? { outcome: "changed", wake: [...lockChanges.wake], locks: lockChanges.locks }
      : { outcome: "stale" };
  } catch (error) {
    if (error instanceof Displaced) return { outcome: "displaced", job: error.job };
    if (!(error instanceof LockHeld)) throw error;
    const { refusal } = error;
    await database.queries.transaction().execute((transaction) => queueForLock(transaction, change.run, refusal));
    return { outcome: "held", refusal };
  }
}

async function tryChange(database: Database, change: RunChange, lockChanges: LockChanges): Promise<boolean> {
  const jobs = inOrder(change.jobs);
  return await guarded(database, change.events, async (transaction) => {
    if (change.fence !== undefined && !(await isNewestFence(transaction, change.run, change.fence))) throw new Stale();
    for (const job of jobs) {
      await changeJob(transaction, change.run, job);
      await changeLocks(transaction, change.run, {
        change: job,
        now: database.clock.now(),
        lockChanges,
        leases: database.leases,
      });
    }
    if (change.finish === undefined) return;
    const { phase, at } = change.finish;
    const finish = transaction.updateTable("runs").set({ phase, finished_at: at }).where("id", "=", change.run);
    const { numUpdatedRows } = await finish.where("phase", "=", "running").executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new Stale();
  });
}

/**
 * Sorts jobs that free locks before jobs that take them. Of two jobs that want the same lock, the one that has been due
 * for longer gets it. Jobs that became due at the same time keep the order of the plan.
 */
function inOrder(jobs: readonly JobChange[]): readonly JobChange[] {
  const turn = ({ job }: JobChange): string => `${isActive(job.phase) ? 1 : 0} ${job.dueAt ?? ""}`;
  return jobs.toSorted((a, b) => compareTexts(turn(a), turn(b)));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface LockChange {
  readonly change: JobChange;
  readonly now: Date;
  readonly lockChanges: LockChanges;
  readonly leases: Leases;
}

/**
 * Takes or frees the locks of the job. Adds the taken locks, and the runs that wait for the freed ones, to `claimed`.
 */
async function changeLocks(
  transaction: Transaction<Tables>,
  run: string,
  { change: { job, from, locks = [], held = [] }, now, lockChanges, leases }: LockChange,
): Promise<void> {
  const owner = { run, job: job.name };
  if (!(await holdsLocks(transaction, owner, held))) throw new Displaced(job.name);
  if (!isActive(job.phase)) {
    if (!isActive(from.phase) && !isSettled(job.phase)) return;
    for (const waiting of await freeLocks(transaction, owner)) lockChanges.wake.add(waiting);
    return;
  }
  const taken = await takeLocks(transaction, owner, { locks, now, leases });
  if (!taken.ok) throw new LockHeld(taken.refusal);
  if (taken.held.length > 0) lockChanges.locks.set(job.name, taken.held);
}

async function changeJob(transaction: Transaction<Tables>, run: string, { job, from }: JobChange): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable("jobs")
    .set(changingColumns(job))
    .where("run", "=", run)
    .where("name", "=", job.name)
    .where("phase", "=", from.phase)
    .where("attempt", "=", from.attempt)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new Stale();
}

interface Cancellation {
  readonly id: string;
  readonly actor: string;
  readonly events: readonly NewEvent[];
}

async function cancelRun(database: Database, { id, actor, events }: Cancellation): Promise<boolean> {
  const now = database.clock.now().toISOString();
  return await guarded(database, events, async (transaction) => {
    // A cancel ends a pause: its final steps start now, and their clocks must run.
    const marks = { cancelled_by: actor, paused_by: null, pauses: toJson(await endedPauses(transaction, id, now)) };
    const cancel = transaction.updateTable("runs").set(marks).where("id", "=", id);
    const { numUpdatedRows } = await cancel
      .where("phase", "=", "running")
      .where("cancelled_by", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new Stale();
  });
}

async function skipFinal(database: Database, { id, actor, events }: Cancellation): Promise<boolean> {
  return await guarded(database, events, async (transaction) => {
    const skip = transaction.updateTable("runs").set({ final_skipped_by: actor }).where("id", "=", id);
    const { numUpdatedRows } = await skip
      .where("phase", "=", "running")
      .where("final_skipped_by", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new Stale();
  });
}

async function pauseRun(
  database: Database,
  { id, actor, events }: { readonly id: string; readonly actor: string | null; readonly events: readonly NewEvent[] },
): Promise<boolean> {
  const now = database.clock.now().toISOString();
  return await guarded(database, events, async (transaction) => {
    const before = await endedPauses(transaction, id, now);
    const pauses = actor === null ? before : [...before, { from: now, to: null }];
    const marks = { paused_by: actor, pauses: toJson(pauses) };
    const pause = transaction.updateTable("runs").set(marks).where("id", "=", id).where("cancelled_by", "is", null);
    const { numUpdatedRows } = await pause
      .where("phase", "=", "running")
      .where("paused_by", actor === null ? "is not" : "is", null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new Stale();
  });
}

/** The pauses of the run. A pause that has not ended gets `now` as its end. */
async function endedPauses(transaction: Transaction<Tables>, id: string, now: string): Promise<readonly Pause[]> {
  const row = await transaction.selectFrom("runs").select("pauses").where("id", "=", id).executeTakeFirst();
  const pauses = row === undefined ? [] : fromJson(row.pauses);
  return pauses.map((one) => (one.to === null ? { ...one, to: now } : one));
}

async function guarded(
  database: Database,
  events: readonly NewEvent[],
  work: (transaction: Transaction<Tables>) => Promise<void>,
): Promise<boolean> {
  try {
    await commit(database, async (transaction) => {
      await work(transaction);
      await insertEvents(database, transaction, events);
    });
    return true;
  } catch (error) {
    if (error instanceof Stale) return false;
    throw error;
  }
}

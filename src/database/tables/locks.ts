// Locks and limits that jobs have while they run. They are taken and freed in the transaction that changes the job. The
// row of the key is locked while its holders are counted, and contains the fence number, which grows with each new
// holder. The driver of a run renews the leases of its locks. When that stops, the process is dead or cut off
// (connection/lockLeases.ts), and the next job takes the lock. Later writes of the former holder are refused, because
// its row no longer exists.
import type { Selectable, Transaction } from "kysely";
import type { HeldLock, Lock, LockRefusal } from "../../ports/store.ts";
import type { Database } from "../connection/database.ts";
import { type Leases, leaseFrom } from "../connection/lockLeases.ts";
import type { LocksTable, Tables } from "../connection/schema.ts";

interface LockView {
  readonly now: Date;
  readonly leases: Leases;
}

interface LockOwner {
  readonly run: string;
  readonly job: string;
}

type LockResult =
  | { readonly ok: true; readonly held: readonly HeldLock[] }
  | { readonly ok: false; readonly refusal: LockRefusal };

/** After a refusal, the caller must roll back the transaction and then put the job in the queue with `queueForLock`. */
export async function takeLocks(
  transaction: Transaction<Tables>,
  owner: LockOwner,
  { locks, ...view }: LockView & { readonly locks: readonly Lock[] },
): Promise<LockResult> {
  const held: HeldLock[] = [];
  // Sorted by key, so that two processes lock rows in the same order.
  for (const lock of locks.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
    const taken = await takeLock(transaction, owner, { lock, ...view });
    if (!taken.ok) return taken;
    held.push(...taken.held);
  }
  return { ok: true, held };
}

async function takeLock(
  transaction: Transaction<Tables>,
  { run, job }: LockOwner,
  { lock, now, leases }: LockView & { readonly lock: Lock },
): Promise<LockResult> {
  const { key, limit, shared = false } = lock;
  const next = await lockKey(transaction, key);
  const all = await locksInForce(transaction, key, leases);
  const others = all.filter((one) => one.run !== run || one.job !== job);
  const conflicting = shared ? others.filter((one) => one.shared === 0) : others;
  if (conflicting.length >= (shared ? 1 : limit)) {
    const holders = conflicting.map((one) => ({ run: one.run, job: one.job }));
    const left = Math.min(...conflicting.map((one) => one.left));
    const until = left === Infinity ? null : new Date(now.getTime() + left).toISOString();
    return { ok: false, refusal: { job, key, limit, holders, until } };
  }
  const own = all.find((one) => one.run === run && one.job === job);
  if (own !== undefined) return { ok: true, held: [{ key, fence: own.fence }] };
  const row = {
    key,
    run,
    job,
    shared: shared ? (1 as const) : (0 as const),
    fence: next,
    leased_until: leaseFrom(now),
  };
  await transaction.insertInto("locks").values(row).execute();
  return { ok: true, held: [{ key, fence: next }] };
}

/** `left`: milliseconds until the holder counts as dead, unless it renews the lease. */
type LockInForce = Selectable<LocksTable> & { readonly left: number };

async function locksInForce(
  transaction: Transaction<Tables>,
  key: string,
  leases: Leases,
): Promise<readonly LockInForce[]> {
  const all = await transaction.selectFrom("locks").selectAll().where("key", "=", key).execute();
  const left = leases.see(key, all);
  const inForce: LockInForce[] = [];
  for (const one of all) {
    const row = { ...one, left: left.get(one) ?? Infinity };
    if (row.left > 0 || !(await removeExpired(transaction, row))) inForce.push(row);
  }
  return inForce;
}

/** `false` when the holder has just renewed the lease. */
async function removeExpired(
  transaction: Transaction<Tables>,
  { key, run, job, leased_until }: LockInForce,
): Promise<boolean> {
  const query = transaction.deleteFrom("locks").where("key", "=", key).where("run", "=", run).where("job", "=", job);
  const { numDeletedRows } = await query.where("leased_until", "=", leased_until).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Locks the row of the key and returns the next fence number. */
async function lockKey(transaction: Transaction<Tables>, key: string): Promise<number> {
  const row = await transaction
    .insertInto("lock_keys")
    .values({ key, fence: 1 })
    .onConflict((conflict) => conflict.column("key").doUpdateSet((old) => ({ fence: old("lock_keys.fence", "+", 1) })))
    .returning("fence")
    .executeTakeFirstOrThrow();
  return row.fence;
}

/** Whether the job still has all of these locks. */
export async function holdsLocks(
  transaction: Transaction<Tables>,
  { run, job }: LockOwner,
  locks: readonly HeldLock[],
): Promise<boolean> {
  for (const { key, fence } of locks) {
    const query = transaction.selectFrom("locks").select("key").where("key", "=", key).where("run", "=", run);
    const found = await query.where("job", "=", job).where("fence", "=", fence).executeTakeFirst();
    if (found === undefined) return false;
  }
  return true;
}

export async function renewLocks(
  { queries, clock }: Database,
  run: string,
): Promise<ReadonlyMap<string, readonly HeldLock[]>> {
  const rows = await queries
    .updateTable("locks")
    .set({ leased_until: leaseFrom(clock.now()) })
    .where("run", "=", run)
    .returning(["job", "key", "fence"])
    .execute();
  const held = new Map<string, HeldLock[]>();
  for (const { job, key, fence } of rows) {
    const own = held.get(job) ?? [];
    held.set(job, [...own, { key, fence }]);
  }
  return held;
}

/** Frees the locks of the job. Returns the runs that wait for them, the longest waiting first. */
export async function freeLocks(transaction: Transaction<Tables>, { run, job }: LockOwner): Promise<readonly string[]> {
  const freed = await transaction
    .deleteFrom("locks")
    .where("run", "=", run)
    .where("job", "=", job)
    .returning("key")
    .execute();
  await transaction.deleteFrom("lock_waits").where("run", "=", run).where("job", "=", job).execute();
  if (freed.length === 0) return [];
  const keys = freed.map((one) => one.key);
  const waiting = await transaction
    .selectFrom("lock_waits")
    .select("run")
    .where("key", "in", keys)
    .orderBy("position")
    .execute();
  return [...new Set(waiting.map((one) => one.run))];
}

/** Puts a refused job in the queue of the key. `freeLocks` returns its run when the key becomes free. */
export async function queueForLock(transaction: Transaction<Tables>, run: string, refusal: LockRefusal): Promise<void> {
  await transaction
    .insertInto("lock_waits")
    .values({ key: refusal.key, run, job: refusal.job })
    .onConflict((conflict) => conflict.columns(["key", "run", "job"]).doNothing())
    .execute();
}

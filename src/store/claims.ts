// Claims: what jobs hold while they run (a place within a limit, a lock on a name). Taken and freed in the transaction that changes the
// job, so a claim is never held by a job that does not run. The row of the key is the lock under which they are counted.
import type { Transaction } from "kysely";
import type { Claim, ClaimRefusal } from "../ports/store.ts";
import type { Tables } from "./schema.ts";

export interface Claimant {
  readonly run: string;
  readonly job: string;
}

/** Null: all are held now. Otherwise nothing is to be kept of the transaction, and the caller stands in the queue for what refused it. */
export async function takeClaims(
  transaction: Transaction<Tables>,
  { run, job }: Claimant,
  claims: readonly Claim[],
): Promise<ClaimRefusal | null> {
  // By key, so that two processes lock rows in the same order.
  for (const { key, limit } of claims.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
    await lockKey(transaction, key);
    const held = await transaction.selectFrom("claims").select(["run", "job"]).where("key", "=", key).execute();
    const others = held.filter((one) => one.run !== run || one.job !== job);
    if (others.length >= limit) return { job, key, limit, holders: others };
    if (others.length === held.length) await transaction.insertInto("claims").values({ key, run, job }).execute();
  }
  return null;
}

async function lockKey(transaction: Transaction<Tables>, key: string): Promise<void> {
  await transaction
    .insertInto("claim_keys")
    .values({ key })
    .onConflict((conflict) => conflict.column("key").doUpdateSet((row) => ({ key: row.ref("excluded.key") })))
    .execute();
}

/** The runs that wait for what came free, the longest waiting first. */
export async function freeClaims(transaction: Transaction<Tables>, { run, job }: Claimant): Promise<readonly string[]> {
  const freed = await transaction
    .deleteFrom("claims")
    .where("run", "=", run)
    .where("job", "=", job)
    .returning("key")
    .execute();
  await transaction.deleteFrom("claim_waits").where("run", "=", run).where("job", "=", job).execute();
  if (freed.length === 0) return [];
  const keys = freed.map((one) => one.key);
  const waiting = await transaction
    .selectFrom("claim_waits")
    .select("run")
    .where("key", "in", keys)
    .orderBy("position")
    .execute();
  return [...new Set(waiting.map((one) => one.run))];
}

/** After a refusal: whoever frees the key will wake the run. */
export async function standInLine(transaction: Transaction<Tables>, run: string, refusal: ClaimRefusal): Promise<void> {
  await transaction
    .insertInto("claim_waits")
    .values({ key: refusal.key, run, job: refusal.job })
    .onConflict((conflict) => conflict.columns(["key", "run", "job"]).doNothing())
    .execute();
}

// The fence of a run: it grows with everybody who claims the run, and only who claimed it last writes.
import type { Transaction } from "kysely";
import type { Queries } from "../connection/database.ts";
import type { Tables } from "../connection/schema.ts";

/** Null: there is no such run, or it has ended. */
export async function takeFence(queries: Queries, id: string): Promise<number | null> {
  const claimed = await queries
    .updateTable("runs")
    .set((row) => ({ fence: row("fence", "+", 1) }))
    .where("id", "=", id)
    .where("phase", "=", "running")
    .returning("fence")
    .executeTakeFirst();
  return claimed?.fence ?? null;
}

/** Locks the run until the commit, so that a claim comes before all of the transaction or after it. */
export async function isNewestFence(transaction: Transaction<Tables>, run: string, fence: number): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable("runs")
    .set({ fence })
    .where("id", "=", run)
    .where("fence", "=", fence)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

// The fence number of a run. It grows with each process that takes over the run, and only the last one may write.
import type { Transaction } from "kysely";
import type { Queries } from "../connection/database.ts";
import type { Tables } from "../connection/schema.ts";

/** Returns the new fence number; `null` when the run does not exist or has ended. */
export async function takeFence(queries: Queries, id: string): Promise<number | null> {
  const updated = await queries
    .updateTable("runs")
    .set((row) => ({ fence: row("fence", "+", 1) }))
    .where("id", "=", id)
    .where("phase", "=", "running")
    .returning("fence")
    .executeTakeFirst();
  return updated?.fence ?? null;
}

/** Also locks the row of the run until the commit, so that no other process can take it over during the transaction. */
export async function isNewestFence(transaction: Transaction<Tables>, run: string, fence: number): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable("runs")
    .set({ fence })
    .where("id", "=", run)
    .where("fence", "=", fence)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

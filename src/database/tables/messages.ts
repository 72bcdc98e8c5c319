// Messages to jobs, in the order of their arrival. Messages with the same key are stored once.
import type { Selectable } from "kysely";
import type { Messages, NewMessage, StoredMessage } from "../../ports/store.ts";
import { fromJson, toJson } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";
import type { MessagesTable } from "../connection/schema.ts";

export function createMessages({ queries, clock }: Database): Messages {
  const rowOf = (message: NewMessage) => ({
    ...message,
    data: toJson(message.data),
    at: clock.now().toISOString(),
  });
  return {
    async put(message) {
      const { numInsertedOrUpdatedRows } = await queries
        .insertInto("messages")
        .values(rowOf(message))
        .onConflict((conflict) => conflict.columns(["run", "job", "key"]).doNothing())
        .executeTakeFirst();
      return (numInsertedOrUpdatedRows ?? 0n) > 0n;
    },
    async replace(message) {
      const { run, job, key } = message;
      await queries.transaction().execute(async (transaction) => {
        const old = transaction.deleteFrom("messages").where("run", "=", run).where("job", "=", job);
        await old.where("key", "=", key).execute();
        // Two calls at the same time: the second message is not newer than the first, so it can be dropped.
        await transaction
          .insertInto("messages")
          .values(rowOf(message))
          .onConflict((conflict) => conflict.columns(["run", "job", "key"]).doNothing())
          .execute();
      });
    },
    async after(run, job, sequence) {
      const messages = queries.selectFrom("messages").selectAll().where("run", "=", run).where("job", "=", job);
      const rows = await messages.where("sequence", ">", sequence).orderBy("sequence").execute();
      return rows.map(messageOf);
    },
  };
}

function messageOf(row: Selectable<MessagesTable>): StoredMessage {
  return { ...row, data: fromJson(row.data) };
}

// Events. They are appended in the transaction of the change that they report, and never changed.

import type { Selectable, Transaction } from "kysely";
import { readName, writtenName } from "../../model/kubernetes/name.ts";
import type { NewEvent, PlatformEvent } from "../../model/run/event.ts";
import type { Events } from "../../ports/store.ts";
import { fromJson, inBatches, toJson } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";
import type { EventsTable, Tables } from "../connection/schema.ts";

export function createEvents(database: Database): Events {
  const { queries, commits } = database;
  return {
    async after(filter, sequence, limit) {
      let query = queries
        .selectFrom("events")
        .selectAll()
        .where("project", "=", filter.project)
        .where("sequence", ">", sequence);
      if (filter.application !== undefined) query = query.where("application", "=", writtenName(filter.application));
      if (filter.run !== undefined) query = query.where("run", "=", filter.run);
      const rows = await query.orderBy("sequence").limit(limit).execute();
      return rows.map(eventOf);
    },
    async runsEnded(sequence, limit) {
      const ends = queries.selectFrom("events").selectAll().where("type", "=", "run.finished");
      const rows = await ends.where("sequence", ">", sequence).orderBy("sequence").limit(limit).execute();
      return rows.map(eventOf);
    },
    async latest() {
      const row = await queries
        .selectFrom("events")
        .select((column) => column.fn.max("sequence").as("sequence"))
        .executeTakeFirst();
      return row?.sequence ?? 0;
    },
    append: (event) => commit(database, (transaction) => insertEvents(database, transaction, [event])),
    subscribe: (onCommit) => commits.subscribe(onCommit),
  };
}

/** Runs one transaction that may write events, and notifies the subscribers of events after its commit. */
export async function commit<T>(
  database: Database,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  const result = await database.queries.transaction().execute(work);
  database.commits.notify();
  return result;
}

/** Must be the last step of a transaction; `Differences.lockEvents` in connection/database.ts explains why. */
export async function insertEvents(
  database: Database,
  transaction: Transaction<Tables>,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await database.differences.lockEvents(transaction);
  const at = database.clock.now().toISOString();
  const rows = events.map(({ project, application, run, type, data }) => ({
    at,
    project,
    application: writtenName(application),
    run,
    type,
    data: toJson(data),
  }));
  for (const batch of inBatches(rows)) await transaction.insertInto("events").values(batch).execute();
}

function eventOf(row: Selectable<EventsTable>): PlatformEvent {
  return { ...row, application: readName(row.application), data: fromJson(row.data) };
}

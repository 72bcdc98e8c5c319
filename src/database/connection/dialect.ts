// All differences between SQLite and PostgreSQL that matter for the code of this folder.
import { sql } from "kysely";
import type { Differences } from "./database.ts";

/**
 * Numbers of the advisory locks. They are arbitrary, but must never change. PostgreSQL has separate locks for each
 * database.
 */
const SCHEMA_LOCK = 0x6b756265;
const EVENT_LOCK = 0x6b756266;
export const EVENT_CHANNEL = "kubemin_events";

/** SQLite has one process, one connection and one transaction at a time, so it needs no locks. */
export const SQLITE: Differences = {
  types: { position: "integer primary key autoincrement", text: "text", long: "integer", tableEnd: " strict" },
  lockSchema: () => Promise.resolve(),
  lockEvents: () => Promise.resolve(),
  ownPositions: "",
  async hasTable(transaction, table) {
    const { rows } = await sql`select 1 from sqlite_master where type = 'table' and name = ${table}`.execute(
      transaction,
    );
    return rows.length > 0;
  },
  async continueAfter(transaction, { table, last }) {
    await sql`delete from sqlite_sequence where name = ${table}`.execute(transaction);
    await sql`insert into sqlite_sequence (name, seq) values (${table}, ${last})`.execute(transaction);
  },
};

/**
 * `origin` names this process, so that it can ignore its own notifications: its own subscribers are notified at the
 * commit.
 */
export function postgresDifferences(origin: string): Differences {
  return {
    types: {
      position: "bigint generated always as identity primary key",
      text: 'text collate "C"',
      long: "bigint",
      tableEnd: "",
    },
    async lockSchema(transaction) {
      await sql`select pg_advisory_xact_lock(${sql.lit(SCHEMA_LOCK)})`.execute(transaction);
    },
    // The lock and the notification take one round trip. PostgreSQL sends the notification at the commit.
    async lockEvents(transaction) {
      await sql`select pg_advisory_xact_lock(${sql.lit(EVENT_LOCK)}), pg_notify(${sql.lit(EVENT_CHANNEL)}, ${origin})`.execute(
        transaction,
      );
    },
    ownPositions: "overriding system value",
    async hasTable(transaction, table) {
      const { rows } = await sql`select 1 where to_regclass(${table}) is not null`.execute(transaction);
      return rows.length > 0;
    },
    async continueAfter(transaction, { table, column, last }) {
      await sql`select setval(pg_get_serial_sequence(${table}, ${column}), ${last})`.execute(transaction);
    },
  };
}

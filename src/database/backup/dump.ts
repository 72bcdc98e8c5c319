// Backs up an open database at one point in time, while other processes continue to write. For SQLite it makes a copy
// of the file with SQLite's own backup function and then reads the copy, so that the only connection stays free.
// dumpPostgres.ts does the same for PostgreSQL with a transaction.
import { randomUUID } from "node:crypto";
import { closeSync, openSync, rmSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { VERSION } from "../../model/data/version.ts";
import type { BackupRecord, BackupRow } from "../../ports/backup.ts";
import { BACKED_UP, POSITIONS } from "./backupTables.ts";

export const ROWS_AT_ONCE = 100;

/** A view of the database at one point in time. */
export interface DatabaseSnapshot {
  rows(table: string): AsyncIterable<readonly BackupRow[]>;
  changes(): Promise<readonly string[]>;
  lastPosition(table: string, column: string): Promise<number>;
}

export async function* recordsOf(snapshot: DatabaseSnapshot, now: Date): AsyncGenerator<BackupRecord> {
  yield { record: "begin", format: 1, version: VERSION, at: now.toISOString(), changes: await snapshot.changes() };
  let count = 0;
  for (const table of BACKED_UP) {
    for await (const rows of snapshot.rows(table)) {
      count += rows.length;
      yield { record: "rows", table, rows };
    }
  }
  const positions: Record<string, number> = {};
  for (const [table, column] of Object.entries(POSITIONS))
    positions[table] = await snapshot.lastPosition(table, column);
  yield { record: "positions", positions };
  yield { record: "end", rows: count };
}

export async function* dumpSqlite(database: Sqlite.Database, now: Date): AsyncGenerator<BackupRecord> {
  const copy =
    database.name === ":memory:" ? `/tmp/kubemin-${randomUUID()}` : `${database.name}.backup-${randomUUID()}`;
  try {
    // The file gets its permissions (only for its owner) before anything is written into it.
    closeSync(openSync(copy, "wx", 0o600));
    await database.backup(copy);
    const frozen = new Sqlite(copy);
    try {
      yield* recordsOf(sqliteSnapshot(frozen), now);
    } finally {
      frozen.close();
    }
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(copy + suffix, { force: true });
  }
}

function sqliteSnapshot(database: Sqlite.Database): DatabaseSnapshot {
  return {
    async *rows(table) {
      let rows: BackupRow[] = [];
      for (const row of database.prepare<[], BackupRow>(`select * from "${table}"`).iterate()) {
        rows.push(row);
        if (rows.length < ROWS_AT_ONCE) continue;
        yield rows;
        rows = [];
        // Reading is synchronous, so other work gets a turn between the batches.
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (rows.length > 0) yield rows;
    },
    changes: async () =>
      database
        .prepare<[], { name: string }>("select name from migrations order by name")
        .all()
        .map((row) => row.name),
    lastPosition: async (table) =>
      database.prepare<[string], { seq: number }>("select seq from sqlite_sequence where name = ?").get(table)?.seq ??
      0,
  };
}

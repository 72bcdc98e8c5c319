// Restores a backup into an empty database in one transaction, so that all of it is written or nothing. A backup of an
// older program is written into the schema of that program and then migrated like any other database.
import { sql, type Transaction } from "kysely";
import { textAt } from "../../model/data/fieldReaders.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { BackupRecord, BackupRow, Restored } from "../../ports/backup.ts";
import type { Database } from "../connection/database.ts";
import type { Tables } from "../connection/schema.ts";
import { KNOWN_CHANGES, migrateWithin } from "../migrations/migrate.ts";
import { BACKED_UP, FORMER_NAMES, NEW_ROWS, POSITIONS } from "./backupTables.ts";

export interface Restoring {
  /** Name of the database, for error messages. */
  readonly name: string;
  readonly records: AsyncIterable<unknown>;
  readonly file: string;
  /** Called with the settings of the backup before they are written. An error that it throws ends the restore. */
  readonly check: (settings: ReadonlyMap<string, string>) => void;
}

const KNOWN_TABLES: ReadonlySet<string> = new Set([...BACKED_UP, ...Object.keys(FORMER_NAMES)]);

export async function restoreInto(database: Database, restoring: Restoring): Promise<Restored> {
  return await database.queries.transaction().execute(async (transaction) => {
    let at = "";
    let rows = 0;
    let ended = false;
    for await (const value of restoring.records) {
      const record = value as BackupRecord; // checked field by field below
      if (at === "" && record.record !== "begin") throw damaged(restoring, "it does not begin like a backup");
      if (ended) throw damaged(restoring, "it has records after its end");
      if (record.record === "begin") {
        at = record.at;
        await begin(database, transaction, { restoring, record });
      } else if (record.record === "rows") {
        rows += record.rows.length;
        await write(database, transaction, { restoring, ...record });
      } else if (record.record === "positions") await continuePositions(database, transaction, record.positions);
      else if (record.record === "end") {
        ended = true;
        if (record.rows !== rows) throw damaged(restoring, `it has ${rows} rows, but its end says ${record.rows}`);
      } else throw damaged(restoring, "it has an unknown kind of record");
    }
    if (!ended) throw damaged(restoring, "its end is missing");
    await migrateWithin(database, transaction);
    return { rows, at };
  });
}

function damaged({ file }: Restoring, detail: string): PlatformError {
  return new PlatformError("BackupUnusable", { file, detail });
}

type Begin = Extract<BackupRecord, { readonly record: "begin" }>;

async function begin(
  database: Database,
  transaction: Transaction<Tables>,
  { restoring, record }: { readonly restoring: Restoring; readonly record: Begin },
): Promise<void> {
  if (record.format !== 1 || !Array.isArray(record.changes)) throw damaged(restoring, "its format is not known");
  const unknown = record.changes.filter((one) => !KNOWN_CHANGES.includes(one));
  if (unknown.length > 0)
    throw new PlatformError("BackupNewer", { version: record.version, change: unknown.join(", ") });
  await refuseUsed(database, transaction, restoring);
  await migrateWithin(database, transaction, new Set(record.changes));
  for (const table of NEW_ROWS) if (await exists(database, transaction, table)) await emptied(transaction, table);
}

async function refuseUsed(database: Database, transaction: Transaction<Tables>, { name }: Restoring): Promise<void> {
  if (await exists(database, transaction, "migrations")) {
    const { rows } = await sql<{ count: number }>`select count(*) as count from migrations`.execute(transaction);
    // The present schema belongs to this program, but the schema of the backup may be older.
    if ((rows[0]?.count ?? 0) > 0)
      throw new PlatformError("RestoreTargetUsed", { database: name, what: "backupTables" });
  }
}

async function exists({ differences }: Database, transaction: Transaction<Tables>, table: string): Promise<boolean> {
  return await differences.hasTable(transaction, table);
}

async function emptied(transaction: Transaction<Tables>, table: string): Promise<void> {
  await sql`delete from ${sql.table(table)}`.execute(transaction);
}

interface Rows {
  readonly restoring: Restoring;
  readonly table: string;
  readonly rows: readonly BackupRow[];
}

async function write(
  { differences }: Database,
  transaction: Transaction<Tables>,
  { restoring, table, rows }: Rows,
): Promise<void> {
  const [first] = rows;
  if (!KNOWN_TABLES.has(table)) throw damaged(restoring, "it has an unknown table");
  if (first === undefined) return;
  if (table === "settings") restoring.check(new Map(rows.map((row) => [textAt(row, "name"), textAt(row, "value")])));
  const columns = Object.keys(first);
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const values = sql.join(rows.map((row) => sql`(${sql.join(columns.map((column) => row[column] ?? null))})`));
  try {
    await sql`insert into ${sql.table(table)} (${names}) ${sql.raw(differences.ownPositions)} values ${values}`.execute(
      transaction,
    );
  } catch (error) {
    throw damaged(restoring, `table ${table}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function continuePositions(
  { differences }: Database,
  transaction: Transaction<Tables>,
  positions: Readonly<Record<string, number>>,
): Promise<void> {
  const columns: Readonly<Record<string, string>> = POSITIONS;
  for (const [table, last] of Object.entries(positions)) {
    const column = columns[FORMER_NAMES[table] ?? table];
    if (column !== undefined && last > 0) await differences.continueAfter(transaction, { table, column, last });
  }
}

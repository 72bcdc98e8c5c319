// Opens an SQLite file for one process. A commit survives kill -9 and loss of power, because WAL with synchronous=FULL
// syncs the log at each commit. A second process is refused. The lock belongs to the kernel, so a killed process leaves
// none behind.
import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { PlatformError } from "../../model/errors/errors.ts";
import type { FullDisk } from "./fullDisk.ts";

/** Long enough for a previous process that is closing, and short enough for a quick error message. */
const LOCK_WAIT_MILLISECONDS = 500;

/** Throws a `PlatformError` that names the file when it is in use, is no database, or is not writable. */
export function openSqliteFile(
  path: string,
  disk: FullDisk,
): {
  readonly statements: SqliteDatabase;
  readonly file: Sqlite.Database;
} {
  try {
    if (path !== ":memory:") createPrivateFile(path);
    const database = new Sqlite(path, { timeout: LOCK_WAIT_MILLISECONDS });
    takeHold(database);
    if (path !== ":memory:") syncFolder(path);
    return { statements: withStatements(database, { path, disk, dirty: false }), file: database };
  } catch (error) {
    throw explained(path, error);
  }
}

/**
 * Only the owner may read the file, because it contains hashes of tokens and sealed secrets. SQLite gives its log the
 * same permissions.
 */
function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, "a", 0o600));
}

/**
 * The exclusive mode must be set first: then the index of the log is in the memory of this process, and no other
 * process can join.
 */
function takeHold(database: Sqlite.Database): void {
  try {
    database.pragma("locking_mode = EXCLUSIVE");
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    // A file that is already in WAL mode is only locked by the first transaction, so it is done here.
    database.exec("begin immediate; commit");
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Syncs the folder: a new file only survives a crash when the entry of its name is on disk too. */
function syncFolder(path: string): void {
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** More than the number of statements in this folder. Long statements (batches of different lengths) are not cached. */
const STATEMENTS_KEPT = 500;
const STATEMENT_LENGTH_KEPT = 2000;

interface OpenFile {
  readonly path: string;
  readonly disk: FullDisk;
  /** Whether the open transaction has written something. */
  dirty: boolean;
}

/** The database as Kysely needs it, with each statement compiled once. */
function withStatements(database: Sqlite.Database, file: OpenFile): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  const prepare = (text: string): SqliteStatement => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    const statement = withFullDiskError(database.prepare(text), file);
    if (text.length <= STATEMENT_LENGTH_KEPT && statements.size < STATEMENTS_KEPT) statements.set(text, statement);
    return statement;
  };
  return {
    close: () => {
      database.close();
    },
    prepare: (text) => {
      // SQLite rolls back itself when the disk is full. A second rollback would fail and hide that error.
      if (text === "rollback" && !database.inTransaction) return prepare("select 1");
      return prepare(text === "begin" ? "begin immediate" : text);
    },
  };
}

/**
 * Turns the error of a full disk into a `PlatformError` for the user. SQLite has rolled back the transaction by then.
 */
function withFullDiskError(statement: Sqlite.Statement, file: OpenFile): SqliteStatement {
  const { path, disk } = file;
  const watched = <T>(work: () => T): T => {
    try {
      const result = work();
      // A write only counts as successful at its commit.
      if (!statement.readonly) file.dirty = true;
      if (!statement.database.inTransaction) {
        if (file.dirty && statement.source !== "rollback") disk.wrote();
        file.dirty = false;
      }
      return result;
    } catch (error) {
      if (!(error instanceof Sqlite.SqliteError) || error.code !== "SQLITE_FULL") throw error;
      disk.met();
      throw new PlatformError("DatabaseFull", { file: path });
    }
  };
  return {
    reader: statement.reader,
    all: (parameters) => watched(() => statement.all(parameters)),
    run: (parameters) => watched(() => statement.run(parameters)),
    iterate: (parameters) => statement.iterate(parameters),
  };
}

const EXPLANATIONS: readonly (readonly [code: string, detail: string])[] = [
  ["SQLITE_NOTADB", "it is not a kubemin database"],
  ["SQLITE_CORRUPT", "it is damaged"],
  ["SQLITE_FULL", "the disk is full"],
  ["SQLITE_READONLY", "it cannot be written"],
  ["EACCES", "it cannot be written"],
  ["EROFS", "it is on a read-only file system"],
];

function explained(path: string, error: unknown): PlatformError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("SQLITE_BUSY")) return new PlatformError("DatabaseInUse", { file: path });
  const known = EXPLANATIONS.find(([prefix]) => code.startsWith(prefix))?.[1];
  const detail = known ?? (error instanceof Error ? error.message : String(error));
  return new PlatformError("DatabaseUnusable", { file: path, detail });
}

// Opens one SQLite file for one process. An acknowledged commit survives kill -9 and loss of power: WAL with synchronous=FULL
// syncs the log at every commit. Refuses a second process: the lock is the kernel's, so a killed process leaves none behind.
import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "kysely";

/** Long enough for a predecessor that is just closing; short enough to tell the user at once. */
const LOCK_WAIT_MILLISECONDS = 500;

/** Fails with a sentence that names the file when it is in use, no database, or not writable. */
export function openSqliteFile(path: string): SqliteDatabase {
  try {
    if (path !== ":memory:") createPrivateFile(path);
    const database = new Sqlite(path, { timeout: LOCK_WAIT_MILLISECONDS });
    takeHold(database);
    if (path !== ":memory:") syncFolder(path);
    return withStatements(database);
  } catch (error) {
    throw new Error(explain(path, error), { cause: error });
  }
}

/** The file holds hashes of tokens and sealed secrets: for its owner only. SQLite gives its log the same permissions. */
function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, "a", 0o600));
}

/** The exclusive mode must come first: then the log's index is in our memory, and no second process can join. */
function takeHold(database: Sqlite.Database): void {
  try {
    database.pragma("locking_mode = EXCLUSIVE");
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    // A file that is in WAL mode already is locked by the first transaction only, so that one happens here.
    database.exec("begin immediate; commit");
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A new file is durable only once its name is. */
function syncFolder(path: string): void {
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** More texts than the store has; batches of every length have their own, and those are not kept. */
const STATEMENTS_KEPT = 500;
const STATEMENT_LENGTH_KEPT = 2000;

/** What Kysely needs of a database, with each statement compiled once. */
function withStatements(database: Sqlite.Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  const prepare = (text: string): SqliteStatement => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    const statement: SqliteStatement = database.prepare(text);
    if (text.length <= STATEMENT_LENGTH_KEPT && statements.size < STATEMENTS_KEPT) statements.set(text, statement);
    return statement;
  };
  return {
    close: () => {
      database.close();
    },
    prepare: (text) => {
      // SQLite rolls back by itself when the disk is full; a second rollback would hide that error behind its own.
      if (text === "rollback" && !database.inTransaction) return prepare("select 1");
      return prepare(text === "begin" ? "begin immediate" : text);
    },
  };
}

const EXPLANATIONS: readonly (readonly [code: string, sentence: string])[] = [
  [
    "SQLITE_BUSY",
    "is already in use by another kubemin process: stop that one, or start this one with another database file",
  ],
  ["SQLITE_NOTADB", "is not a kubemin database: move the file away, or start with another database file"],
  ["SQLITE_CORRUPT", "is damaged: restore it from a backup"],
  ["SQLITE_FULL", "cannot be opened because the disk is full: free some space"],
  ["SQLITE_READONLY", "cannot be written: check the permissions of the file and of its folder"],
  ["EACCES", "cannot be written: check the permissions of the file and of its folder"],
  ["EROFS", "is on a read-only file system: use another database file"],
];

function explain(path: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const sentence = EXPLANATIONS.find(([prefix]) => code.startsWith(prefix))?.[1];
  return `database ${path} ${sentence ?? `cannot be opened: ${error instanceof Error ? error.message : String(error)}`}`;
}

// Opens a PostgreSQL database: the pool, the listener for events of other processes, and the backup. It is only loaded
// when the server uses PostgreSQL.
import { randomUUID } from "node:crypto";
import { type DatabaseConnection, Kysely, PostgresDialect, type QueryResult } from "kysely";
import { Pool } from "pg";
import { dig } from "../../model/data/json.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { BackupRecord } from "../../ports/backup.ts";
import type { Clock } from "../../ports/clock.ts";
import { createNews } from "../../ports/news.ts";
import { dumpPostgres } from "../backup/dumpPostgres.ts";
import type { Database } from "../connection/database.ts";
import { postgresDifferences } from "../connection/dialect.ts";
import { type FullDisk, watchForFullDisk } from "../connection/fullDisk.ts";
import { watchLeases } from "../connection/lockLeases.ts";
import { NUMBERS } from "../connection/postgresNumbers.ts";
import type { Tables } from "../connection/schema.ts";
import { type Listening, listen } from "./postgresListen.ts";

const CONNECTIONS = 8;
const CONNECT_MILLISECONDS = 10_000;
/**
 * Milliseconds after which PostgreSQL ends an idle transaction, because a frozen process would keep locks that other
 * processes wait for.
 */
const FROZEN_MILLISECONDS = 30_000;

interface PostgresDatabase {
  readonly database: Database;
  /** Starts to notify the subscribers when other processes commit events. */
  readonly listen: () => Promise<Listening>;
  readonly dump: () => AsyncGenerator<BackupRecord>;
  readonly close: () => Promise<void>;
}

interface Clocks {
  readonly clock: Pick<Clock, "now">;
  readonly steady: () => number;
}

/** Connects at the first query. */
export function openPostgresDatabase(url: string, { clock, steady }: Clocks): PostgresDatabase {
  const origin = randomUUID();
  const disk = watchForFullDisk(clock);
  const { host, pathname } = new URL(url);
  const onCreateConnection = async (connection: DatabaseConnection): Promise<void> =>
    reportFullDisk(connection, { database: `${host}${pathname}`, disk });
  const queries = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: createPool(url), onCreateConnection }) });
  const commits = createNews();
  return {
    database: {
      queries,
      differences: postgresDifferences(origin),
      clock,
      disk,
      leases: watchLeases(steady),
      commits,
    },
    listen: () => listen({ url, origin, wake: () => commits.notify() }),
    dump: () => dumpPostgres(url, clock.now()),
    close: () => queries.destroy(),
  };
}

function createPool(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    application_name: "kubemin",
    keepAlive: true,
    idle_in_transaction_session_timeout: FROZEN_MILLISECONDS,
    types: NUMBERS,
  });
  // Without a listener, a broken idle connection would end the process. The pool replaces it.
  pool.on("error", () => undefined);
  // The same applies to a connection that breaks between two statements of a transaction: its next statement fails.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** The error code of PostgreSQL for a full disk. */
const DISK_FULL = "53100";

/**
 * Turns the error of a full disk into the same `PlatformError` as for SQLite. Otherwise the user would see an internal
 * error.
 */
function reportFullDisk(
  connection: DatabaseConnection,
  { database, disk }: { readonly database: string; readonly disk: FullDisk },
): void {
  const execute = connection.executeQuery.bind(connection);
  connection.executeQuery = async <R>(...query: Parameters<typeof execute>): Promise<QueryResult<R>> => {
    try {
      const result = await execute<R>(...query);
      if ((result.numAffectedRows ?? 0n) > 0n) disk.wrote();
      return result;
    } catch (error) {
      if (dig(error, "code") !== DISK_FULL) throw error;
      disk.met();
      throw new PlatformError("DatabaseFull", { file: database });
    }
  };
}

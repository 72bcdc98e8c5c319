// A PostgreSQL database behind the aggregates: the pool, who listens for other processes' events, and the backup. Loaded only by who has one.
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
/** A process that froze inside a transaction holds locks that the others wait for; after this the server takes them away. */
const FROZEN_MILLISECONDS = 30_000;

interface PostgresDatabase {
  readonly database: Database;
  /** Wakes the subscribers when other processes committed events. */
  readonly listen: () => Promise<Listening>;
  readonly dump: () => AsyncGenerator<BackupRecord>;
  readonly close: () => Promise<void>;
}

interface Clocks {
  readonly clock: Pick<Clock, "now">;
  readonly steady: () => number;
}

/** Connects when it is first asked something. */
export function openPostgresDatabase(url: string, { clock, steady }: Clocks): PostgresDatabase {
  const origin = randomUUID();
  const disk = watchForFullDisk(clock);
  const { host, pathname } = new URL(url);
  const onCreateConnection = async (connection: DatabaseConnection): Promise<void> =>
    tellOfFullDisks(connection, { database: `${host}${pathname}`, disk });
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
  // An idle connection that breaks would end the process otherwise; the pool replaces it by itself.
  pool.on("error", () => undefined);
  // So would one that breaks between two statements of a transaction: the next statement tells whoever waits for it.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** PostgreSQL's own code for it. */
const DISK_FULL = "53100";

/** The same sentence as for SQLite, where a user would otherwise be told of an error of ours. */
function tellOfFullDisks(
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

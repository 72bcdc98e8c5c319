// A PostgreSQL database behind the aggregates: the pool, who listens for other processes' events, and the backup. Loaded only by who has one.
import { randomUUID } from "node:crypto";
import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";
import type { BackupRecord } from "../ports/backup.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "./database.ts";
import { postgresDifferences } from "./differences.ts";
import { dumpPostgres } from "./dumpPostgres.ts";
import { type Listening, listen } from "./postgresListen.ts";
import { NUMBERS } from "./postgresNumbers.ts";
import type { Tables } from "./schema.ts";
import { createSubscribers } from "./subscribers.ts";

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

/** Connects when it is first asked something. */
export function openPostgresDatabase(url: string, clock: Pick<Clock, "now">): PostgresDatabase {
  const origin = randomUUID();
  const queries = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: createPool(url) }) });
  const subscribers = createSubscribers();
  return {
    database: { queries, differences: postgresDifferences(origin), clock, subscribers },
    listen: () => listen({ url, origin, wake: () => subscribers.wake() }),
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

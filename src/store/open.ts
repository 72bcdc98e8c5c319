// Opens a store: connects, migrates, and puts the aggregates together. The only file of the folder that others import.
import { randomUUID } from "node:crypto";
import { Kysely, PostgresDialect, SqliteDialect } from "kysely";
import { Pool, types } from "pg";
import { isPostgresUrl } from "../model/databaseAddress.ts";
import { PlatformError } from "../model/errors.ts";
import type { Restored } from "../ports/backup.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { createApplications, forgetApplication } from "./applications.ts";
import { createClusters } from "./clusters.ts";
import { createCompletions } from "./completions.ts";
import type { Database } from "./database.ts";
import { postgresDifferences, SQLITE } from "./differences.ts";
import { dumpPostgres, dumpSqlite } from "./dump.ts";
import { createEvents } from "./events.ts";
import { createInventory } from "./inventory.ts";
import { createLogs } from "./logs.ts";
import { createMessages } from "./messages.ts";
import { migrate } from "./migrate.ts";
import { listen } from "./postgresListen.ts";
import { createRegistrations } from "./registrations.ts";
import { type Restoring, restoreInto } from "./restore.ts";
import { createRetention } from "./retention.ts";
import { createRuns } from "./runs.ts";
import { createSchedules } from "./schedules.ts";
import type { Tables } from "./schema.ts";
import { keepSetting } from "./settings.ts";
import { createSinks } from "./sinks.ts";
import { openSqliteFile } from "./sqliteFile.ts";
import { createSubscribers } from "./subscribers.ts";
import { createTokens } from "./tokens.ts";
import { createWaits } from "./waits.ts";

export interface OpenOptions {
  /** For the times of events; the computer's own clock when left out. */
  readonly clock?: Pick<Clock, "now">;
}

const COMPUTER_CLOCK = { now: () => new Date() };

/** Opens or creates the file (":memory:" keeps nothing). Fails with a sentence when another process has it open. */
export async function openSqlite(path: string, options: OpenOptions = {}): Promise<Store> {
  const { database, file, close } = sqliteDatabase(path, options);
  await migrateOrClose(database, close);
  return storeOf(database, { close, backup: () => dumpSqlite(file, database.clock.now()) });
}

function sqliteDatabase(path: string, { clock = COMPUTER_CLOCK }: OpenOptions) {
  const { statements, file } = openSqliteFile(path);
  // Kysely gives the one connection to one transaction at a time: the others wait, so they never see each other half done.
  const queries = new Kysely<Tables>({ dialect: new SqliteDialect({ database: statements }) });
  const database: Database = { queries, differences: SQLITE, clock, subscribers: createSubscribers() };
  return { database, file, close: () => queries.destroy() };
}

/** Into a database that nobody used before. Throws PlatformError; then the database is as it was. */
export async function restoreStore(address: string, restoring: Omit<Restoring, "name">): Promise<Restored> {
  const { database, close } = isPostgres(address) ? postgresDatabase(address, {}) : sqliteDatabase(address, {});
  const name = isPostgres(address) ? withoutPassword(address) : address;
  try {
    return await restoreInto(database, { ...restoring, name });
  } catch (error) {
    throw isPostgres(address) ? cannotUse(address, error) : error;
  } finally {
    await close();
  }
}

/** A file, or postgres://… Throws PlatformError when it is neither. */
export function openStore(address: string, options: OpenOptions = {}): Promise<Store> {
  return isPostgres(address) ? openPostgres(address, options) : openSqlite(address, options);
}

function isPostgres(address: string): boolean {
  if (isPostgresUrl(address)) return true;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address))
    throw new PlatformError("DatabaseAddress", { address: schemeOf(address) });
  return false;
}

/** The rest may hold a password. */
function schemeOf(address: string): string {
  return `${address.slice(0, address.indexOf("://"))}://…`;
}

const CONNECTIONS = 8;
const CONNECT_MILLISECONDS = 10_000;
/** A process that froze inside a transaction holds locks that the others wait for; after this the server takes them away. */
const FROZEN_MILLISECONDS = 30_000;

/** `url`: postgres://user:password@host:port/database. One connection more than the pool listens for other processes' events. */
export async function openPostgres(url: string, options: OpenOptions = {}): Promise<Store> {
  const { database, origin, close } = postgresDatabase(url, options);
  await migrateOrClose(database, close).catch((error: unknown) => {
    throw cannotUse(url, error);
  });
  const wake = (): void => database.subscribers.wake();
  const listening = await listen({ url, origin, wake }).catch(async (error: unknown) => {
    await close();
    throw cannotUse(url, error);
  });
  return storeOf(database, {
    backup: () => dumpPostgres(url, database.clock.now()),
    close: async () => {
      await listening.close();
      await close();
    },
  });
}

function postgresDatabase(url: string, { clock = COMPUTER_CLOCK }: OpenOptions) {
  if (!URL.canParse(url)) throw new PlatformError("DatabaseAddress", { address: schemeOf(url) });
  const origin = randomUUID();
  const queries = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: createPool(url) }) });
  const differences = postgresDifferences(origin);
  const database: Database = { queries, differences, clock, subscribers: createSubscribers() };
  return { database, origin, close: () => queries.destroy() };
}

function createPool(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    application_name: "kubemin",
    keepAlive: true,
    idle_in_transaction_session_timeout: FROZEN_MILLISECONDS,
    // bigint as a number: ours count rows, far below 2^53.
    types: {
      getTypeParser: (type, format) => (type === types.builtins.INT8 ? Number : types.getTypeParser(type, format)),
    },
  });
  // An idle connection that breaks would end the process otherwise; the pool replaces it by itself.
  pool.on("error", () => undefined);
  // So would one that breaks between two statements of a transaction: the next statement tells whoever waits for it.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

async function migrateOrClose(database: Database, close: () => Promise<void>): Promise<void> {
  try {
    await migrate(database);
  } catch (error) {
    await close();
    throw error;
  }
}

function storeOf(database: Database, { close, backup }: Pick<Store, "close" | "backup">): Store {
  return {
    applications: createApplications(database),
    runs: createRuns(database),
    messages: createMessages(database),
    events: createEvents(database),
    inventory: createInventory(database),
    completions: createCompletions(database),
    logs: createLogs(database),
    tokens: createTokens(database),
    sinks: createSinks(database),
    schedules: createSchedules(database),
    clusters: createClusters(database),
    retention: createRetention(database),
    registrations: createRegistrations(database),
    waits: createWaits(database),
    setting: (name, value) => keepSetting(database, name, value),
    forgetApplication: (project, name) => forgetApplication(database, project, name),
    backup,
    close,
  };
}

function cannotUse(url: string, error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  return new PlatformError("DatabaseUnreachable", { database: withoutPassword(url), detail: messageOf(error) });
}

/** For error messages: the address without who connects. */
function withoutPassword(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** A host with several addresses fails with one error for each and an empty message. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

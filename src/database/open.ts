// Opens a database: it connects, migrates and builds the store from the tables. Other folders import only this file of
// src/database.
import { Kysely, SqliteDialect } from "kysely";
import { isPostgresUrl, withPlainTls } from "../model/data/databaseAddress.ts";
import { PlatformError } from "../model/errors/errors.ts";
import type { Restored } from "../ports/backup.ts";
import type { Clock } from "../ports/clock.ts";
import { createNews } from "../ports/news.ts";
import type { Store } from "../ports/store.ts";
import { dumpSqlite } from "./backup/dump.ts";
import { type Restoring, restoreInto } from "./backup/restore.ts";
import type { Database } from "./connection/database.ts";
import { SQLITE } from "./connection/dialect.ts";
import { watchForFullDisk } from "./connection/fullDisk.ts";
import { watchLeases } from "./connection/lockLeases.ts";
import type { Tables } from "./connection/schema.ts";
import { openSqliteFile } from "./connection/sqliteFile.ts";
import { migrate } from "./migrations/migrate.ts";
import { createApplications, forgetApplication } from "./tables/applications.ts";
import { createWaits } from "./tables/capacity/waits.ts";
import { createCapacityWeights } from "./tables/capacity/weights.ts";
import { createClusters } from "./tables/clusters.ts";
import { createCompletions } from "./tables/completions.ts";
import { createEvents } from "./tables/events.ts";
import { createInventory } from "./tables/inventory.ts";
import { createLogs } from "./tables/logs.ts";
import { createMessages } from "./tables/messages.ts";
import { createRegistrations } from "./tables/registrations.ts";
import { createRetention } from "./tables/retention.ts";
import { createRuns } from "./tables/runs.ts";
import { createSchedules } from "./tables/schedules.ts";
import { keepSetting } from "./tables/settings.ts";
import { createSinks } from "./tables/sinks.ts";
import { createTokens } from "./tables/tokens.ts";

export interface OpenOptions {
  /** Clock for the times of events. Default: the system clock. */
  readonly clock?: Pick<Clock, "now">;
  /**
   * Milliseconds since an arbitrary moment, by a clock that cannot be set, for leases. Default: the monotonic clock of
   * Node.
   */
  readonly steady?: () => number;
}

const COMPUTER_CLOCK = { now: () => new Date() };
const STEADY_CLOCK = (): number => performance.now();

/** Opens or creates the file; ":memory:" stores nothing. Throws a `PlatformError` when another process has it open. */
export async function openSqlite(path: string, options: OpenOptions = {}): Promise<Store> {
  const { database, file, close } = sqliteDatabase(path, options);
  await migrateOrClose(database, close);
  return storeOf(database, { close, backup: () => dumpSqlite(file, database.clock.now()) });
}

function sqliteDatabase(path: string, { clock = COMPUTER_CLOCK, steady = STEADY_CLOCK }: OpenOptions) {
  const disk = watchForFullDisk(clock);
  const { statements, file } = openSqliteFile(path, disk);
  // Kysely gives the only connection to one transaction at a time. Other transactions wait, so none sees uncommitted
  // changes of another.
  const queries = new Kysely<Tables>({ dialect: new SqliteDialect({ database: statements }) });
  const database: Database = {
    queries,
    differences: SQLITE,
    clock,
    disk,
    leases: watchLeases(steady),
    commits: createNews(),
  };
  return { database, file, close: () => queries.destroy() };
}

/** Restores a backup into an empty database. When it throws a `PlatformError`, the database is unchanged. */
export async function restoreStore(address: string, restoring: Omit<Restoring, "name">): Promise<Restored> {
  const { database, close } = isPostgres(address) ? await postgresOf(address) : sqliteDatabase(address, {});
  const name = isPostgres(address) ? withoutPassword(address) : address;
  try {
    return await restoreInto(database, { ...restoring, name });
  } catch (error) {
    throw isPostgres(address) ? cannotUse(address, error) : error;
  } finally {
    await close();
  }
}

/** Opens a file or a `postgres://…` URL. Throws a `PlatformError` for another kind of URL. */
export function openStore(address: string, options: OpenOptions = {}): Promise<Store> {
  return isPostgres(address) ? openPostgres(address, options) : openSqlite(address, options);
}

function isPostgres(address: string): boolean {
  if (isPostgresUrl(address)) return true;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address))
    throw new PlatformError("DatabaseAddress", { address: schemeOf(address) });
  return false;
}

/** Only the scheme of the address, because the rest may contain a password. */
function schemeOf(address: string): string {
  return `${address.slice(0, address.indexOf("://"))}://…`;
}

/**
 * `url`: postgres://user:password@host:port/database. In addition to the pool, one connection listens for events of
 * other processes.
 */
export async function openPostgres(url: string, options: OpenOptions = {}): Promise<Store> {
  const { database, listen, dump, close } = await postgresOf(url, options);
  await migrateOrClose(database, close).catch((error: unknown) => {
    throw cannotUse(url, error);
  });
  const listening = await listen().catch(async (error: unknown) => {
    await close();
    throw cannotUse(url, error);
  });
  return storeOf(database, {
    backup: dump,
    close: async () => {
      await listening.close();
      await close();
    },
  });
}

/** The driver needs 11 MB of memory, so it is only loaded for PostgreSQL. */
async function postgresOf(url: string, { clock = COMPUTER_CLOCK, steady = STEADY_CLOCK }: OpenOptions = {}) {
  if (!URL.canParse(url)) throw new PlatformError("DatabaseAddress", { address: schemeOf(url) });
  const { openPostgresDatabase } = await import("./postgres/postgres.ts");
  return openPostgresDatabase(withPlainTls(url), { clock, steady });
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
    capacityWeights: createCapacityWeights(database),
    setting: (name, value) => keepSetting(database, name, value),
    forgetApplication: (project, name) => forgetApplication(database, project, name),
    isFull: () => database.disk.isFull(),
    backup,
    close,
  };
}

function cannotUse(url: string, error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  return new PlatformError("DatabaseUnreachable", { database: withoutPassword(url), detail: messageOf(error) });
}

/** The address without user and password, for error messages. */
function withoutPassword(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/**
 * For a host with several addresses, Node throws an error with an empty message that contains one error per address.
 */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

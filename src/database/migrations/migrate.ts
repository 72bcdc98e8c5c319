// Applies the missing migrations to a database, never backwards. All of them run in one transaction, so that the
// database has a released schema or stays unchanged.
import { sql, type Transaction } from "kysely";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Database } from "../connection/database.ts";
import type { Tables } from "../connection/schema.ts";
import { begin } from "./0001-begin.ts";
import { workflows } from "./0002-workflows.ts";
import { sinks } from "./0003-sinks.ts";
import { logKeys } from "./0004-log-keys.ts";
import { registry } from "./0005-registry.ts";
import { dispatch } from "./0006-dispatch.ts";
import { clusters } from "./0007-clusters.ts";
import { retention } from "./0008-retention.ts";
import { workflow } from "./0009-workflow.ts";
import { capacityWaits } from "./0010-capacity-waits.ts";
import { pendingSince } from "./0011-pending-since.ts";
import { jobTypeThrows } from "./0012-job-type-throws.ts";
import { tokenNames } from "./0013-token-names.ts";
import { stopsByProject } from "./0014-stops-by-project.ts";
import { lockTables } from "./0015-lock-tables.ts";
import { capacityWeights } from "./0016-capacity-weights.ts";
import { earlierAttempts } from "./0017-earlier-attempts.ts";
import type { Migration } from "./migration.ts";

/** All migrations in order. New ones are only added at the end. */
export const MIGRATIONS: readonly Migration[] = [
  begin,
  workflows,
  sinks,
  logKeys,
  registry,
  dispatch,
  clusters,
  retention,
  workflow,
  capacityWaits,
  pendingSince,
  jobTypeThrows,
  tokenNames,
  stopsByProject,
  lockTables,
  capacityWeights,
  earlierAttempts,
];

/**
 * Throws `DatabaseNewer` when a newer program has migrated the database, because this program does not know the newer
 * schema.
 */
export async function migrate(database: Database): Promise<void> {
  await database.queries.transaction().execute((transaction) => migrateWithin(database, transaction));
}

/** The names of the migrations that this program knows, oldest first. */
export const KNOWN_CHANGES: readonly string[] = MIGRATIONS.map((migration) => migration.name);

/** `only`: the migrations to apply, for a backup of an older program. Default: all. */
export async function migrateWithin(
  { differences, clock }: Database,
  transaction: Transaction<Tables>,
  only: ReadonlySet<string> = new Set(KNOWN_CHANGES),
): Promise<void> {
  await differences.lockSchema(transaction);
  const { text, tableEnd } = differences.types;
  await run(
    transaction,
    `create table if not exists migrations (name ${text} not null primary key, at ${text} not null)${tableEnd}`,
  );
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(transaction);
  const done = new Set(rows.map((row) => row.name));
  refuseNewer(done);
  for (const migration of MIGRATIONS) {
    if (done.has(migration.name) || !only.has(migration.name)) continue;
    for (const statement of migration.statements(differences.types)) await run(transaction, statement);
    await sql`insert into migrations (name, at) values (${migration.name}, ${clock.now().toISOString()})`.execute(
      transaction,
    );
  }
}

function refuseNewer(done: ReadonlySet<string>): void {
  const known = new Set(MIGRATIONS.map((migration) => migration.name));
  const unknown = [...done].filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new PlatformError("DatabaseNewer", { change: unknown.join(", "), known: MIGRATIONS.at(-1)?.name ?? "none" });
}

async function run(transaction: Transaction<Tables>, statement: string): Promise<void> {
  await sql.raw(statement).execute(transaction);
}

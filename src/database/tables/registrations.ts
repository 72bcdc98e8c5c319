// Registered job types. Each change first takes the next revision number of the registry. The row of that number
// serializes all changes.
import type { Selectable, Transaction } from "kysely";
import type { NewEvent } from "../../model/run/event.ts";
import type {
  RegisteredVersion,
  RegistrationNews,
  RegistrationStop,
  Registrations,
  StoredGrant,
  VersionChange,
} from "../../ports/registrations.ts";
import { fromJson, printable, toJson } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";
import type { JobTypeGrantsTable, JobTypeStopsTable, JobTypeVersionsTable, Tables } from "../connection/schema.ts";
import { commit, insertEvents } from "./events.ts";

export function createRegistrations(database: Database): Registrations {
  return {
    revision: async () => {
      const row = await database.queries.selectFrom("registry_revision").select("number").executeTakeFirstOrThrow();
      return row.number;
    },
    after: (revision) => newsAfter(database, revision),
    add: (version, event) => addVersion(database, version, event),
    change: (change, event) => written(database, event, (at) => changeVersion(at, change)),
    async grant(grant, event) {
      await written(database, event, (at) => putGrant(at, grant));
    },
    revoke: (type, project, event) =>
      written(database, event, async ({ transaction }) => {
        const gone = await transaction
          .deleteFrom("job_type_grants")
          .where("type", "=", type)
          .where("project", "=", project)
          .executeTakeFirst();
        return gone.numDeletedRows > 0n;
      }),
    stop: (stop, event) => written(database, event, (at) => putStop(at, stop)),
    threw: (type, project) => countThrow(database, { type, project }),
    async returned(type, project) {
      await written(database, null, ({ transaction }) => forgetThrows(transaction, { type, project }));
    },
    release: (type, kinds, event) =>
      written(database, event, async ({ transaction }) => {
        await forgetThrows(transaction, { type });
        const gone = await transaction
          .deleteFrom("job_type_stops")
          .where("type", "=", type)
          .where("kind", "in", kinds)
          .executeTakeFirst();
        return gone.numDeletedRows > 0n;
      }),
  };
}

interface Writing {
  readonly transaction: Transaction<Tables>;
  /** Revision number of this change. */
  readonly revision: number;
}

class Unchanged extends Error {}

interface Counted {
  readonly type: string;
  readonly project: string;
}

async function countThrow(database: Database, { type, project }: Counted): Promise<number> {
  let throws = 0;
  await written(database, null, async ({ transaction }) => {
    const row = await transaction
      .insertInto("job_type_throws")
      .values({ type, project, throws: 1 })
      .onConflict((conflict) =>
        conflict.columns(["type", "project"]).doUpdateSet((at) => ({ throws: at("job_type_throws.throws", "+", 1) })),
      )
      .returning("throws")
      .executeTakeFirstOrThrow();
    throws = row.throws;
    return true;
  });
  return throws;
}

/** Without a project, the counts of all projects are deleted. */
async function forgetThrows(
  transaction: Transaction<Tables>,
  { type, project }: Pick<Counted, "type"> & Partial<Counted>,
): Promise<boolean> {
  const ofType = transaction.deleteFrom("job_type_throws").where("type", "=", type);
  const { numDeletedRows } = await (project === undefined
    ? ofType
    : ofType.where("project", "=", project)
  ).executeTakeFirst();
  return numDeletedRows > 0n;
}

/**
 * When `work` returns `false`, everything is rolled back, including the number and the event. Changes that only count
 * have no event.
 */
async function written(
  database: Database,
  event: NewEvent | null,
  work: (writing: Writing) => Promise<boolean>,
): Promise<boolean> {
  try {
    return await commit(database, async (transaction) => {
      const { number } = await transaction
        .updateTable("registry_revision")
        .set((row) => ({ number: row("number", "+", 1) }))
        .returning("number")
        .executeTakeFirstOrThrow();
      if (!(await work({ transaction, revision: number }))) throw new Unchanged();
      if (event !== null) await insertEvents(database, transaction, [event]);
      return true;
    });
  } catch (error) {
    if (error instanceof Unchanged) return false;
    throw error;
  }
}

async function newsAfter({ queries }: Database, revision: number): Promise<RegistrationNews> {
  // The number is read first: a change that is committed in between is read twice, but never missed.
  const { number } = await queries.selectFrom("registry_revision").select("number").executeTakeFirstOrThrow();
  const versions = await queries
    .selectFrom("job_type_versions")
    .innerJoin("job_types", "job_types.name", "job_type_versions.name")
    .selectAll("job_type_versions")
    .select("job_types.owner")
    .where("revision", ">", revision)
    .orderBy("revision")
    .execute();
  const grants = await queries.selectFrom("job_type_grants").selectAll().orderBy("type").orderBy("project").execute();
  const stops = await queries
    .selectFrom("job_type_stops")
    .selectAll()
    .orderBy("type")
    .orderBy("kind")
    .orderBy("project")
    .execute();
  const throws = await queries.selectFrom("job_type_throws").selectAll().execute();
  return {
    revision: number,
    versions: versions.map(versionOf),
    grants: grants.map(grantOf),
    stops: stops.map(stopOf),
    throws,
  };
}

async function addVersion(
  database: Database,
  version: RegisteredVersion,
  event: NewEvent,
): Promise<"added" | "taken" | "exists"> {
  let answer: "taken" | "exists" = "exists";
  const { name, owner } = version;
  const added = await written(database, event, async ({ transaction, revision }) => {
    await transaction
      .insertInto("job_types")
      .values({ name, owner })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .execute();
    const known = await transaction
      .selectFrom("job_types")
      .select("owner")
      .where("name", "=", name)
      .executeTakeFirstOrThrow();
    if (known.owner !== owner) {
      answer = "taken";
      return false;
    }
    const inserted = await transaction
      .insertInto("job_type_versions")
      .values({ ...columnsOf(version), revision })
      .onConflict((conflict) => conflict.columns(["name", "version"]).doNothing())
      .executeTakeFirst();
    return inserted.numInsertedOrUpdatedRows === 1n;
  });
  return added ? "added" : answer;
}

async function changeVersion({ transaction, revision }: Writing, change: VersionChange): Promise<boolean> {
  const { standing, until, replacedBy, sampleRun, checks } = change.to;
  const { numUpdatedRows } = await transaction
    .updateTable("job_type_versions")
    .set({
      revision,
      changed_by: change.by,
      changed_at: change.at,
      ...(standing === undefined ? {} : { standing }),
      ...(until === undefined ? {} : { until_date: until }),
      ...(replacedBy === undefined ? {} : { replaced_by: replacedBy }),
      ...(sampleRun === undefined ? {} : { sample_run: sampleRun }),
      ...(checks === undefined ? {} : { checks: toJson(checks) }),
    })
    .where("name", "=", change.name)
    .where("version", "=", change.version)
    .where("standing", "=", change.from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

async function putGrant({ transaction }: Writing, grant: StoredGrant): Promise<boolean> {
  const { type, project, grants, grantedBy: granted_by, grantedAt: granted_at } = grant;
  await transaction
    .insertInto("job_type_grants")
    .values({ type, project, grants: toJson(grants), granted_by, granted_at })
    .onConflict((conflict) =>
      conflict.columns(["type", "project"]).doUpdateSet((row) => ({
        grants: row.ref("excluded.grants"),
        granted_by: row.ref("excluded.granted_by"),
        granted_at: row.ref("excluded.granted_at"),
      })),
    )
    .execute();
  return true;
}

async function putStop({ transaction }: Writing, stop: RegistrationStop): Promise<boolean> {
  const { type, kind, project, detail, by: stopped_by, at } = stop;
  const inserted = await transaction
    .insertInto("job_type_stops")
    .values({ type, kind, project: project ?? "", detail: printable(detail), stopped_by, at })
    .onConflict((conflict) => conflict.columns(["type", "kind", "project"]).doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

function columnsOf(version: RegisteredVersion): Omit<Selectable<JobTypeVersionsTable>, "revision"> {
  return {
    name: version.name,
    version: version.version,
    document: toJson(version.document),
    standing: version.standing,
    checks: toJson(version.checks),
    until_date: version.until,
    replaced_by: version.replacedBy,
    sample_run: version.sampleRun,
    registered_by: version.registeredBy,
    registered_at: version.registeredAt,
    changed_by: version.changedBy,
    changed_at: version.changedAt,
  };
}

function versionOf(row: Selectable<JobTypeVersionsTable> & { readonly owner: string }): RegisteredVersion {
  return {
    name: row.name,
    version: row.version,
    owner: row.owner,
    document: fromJson(row.document),
    standing: row.standing,
    checks: fromJson(row.checks),
    until: row.until_date,
    replacedBy: row.replaced_by,
    sampleRun: row.sample_run,
    registeredBy: row.registered_by,
    registeredAt: row.registered_at,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
  };
}

function grantOf(row: Selectable<JobTypeGrantsTable>): StoredGrant {
  const { type, project, grants, granted_by: grantedBy, granted_at: grantedAt } = row;
  return { type, project, grants: fromJson(grants), grantedBy, grantedAt };
}

function stopOf({ type, kind, project, detail, stopped_by: by, at }: Selectable<JobTypeStopsTable>): RegistrationStop {
  return { type, kind, project: project === "" ? null : project, detail, by, at };
}

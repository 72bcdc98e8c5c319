// Deletes old rows in short transactions. Rows are read by an index, oldest first, and the cursor also passes rows that
// are kept. So the cost of a call does not depend on the size of the tables.
import { type ExpressionBuilder, sql } from "kysely";
import type { PruneRequest, PruneStep, Retention } from "../../ports/retention.ts";
import type { Database, Queries } from "../connection/database.ts";
import type { Tables } from "../connection/schema.ts";

export function createRetention({ queries }: Database): Retention {
  return {
    runs: (request) => pruneRuns(queries, request),
    logs: (request) => pruneLogs(queries, request),
    events: (request) => pruneEvents(queries, request),
    revisions: (request) => pruneRevisions(queries, request),
    async takeTurn({ name, owner, now, until }) {
      const { numInsertedOrUpdatedRows } = await queries
        .insertInto("upkeep_leases")
        .values({ name, owner, until })
        .onConflict((conflict) =>
          conflict
            .column("name")
            .doUpdateSet({ owner, until })
            .where((row) => row.or([row("upkeep_leases.owner", "=", owner), row("upkeep_leases.until", "<", now)])),
        )
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },
  };
}

interface Ended {
  readonly position: number;
  readonly id: string;
  readonly finished_at: string | null;
}

/**
 * A page of ended runs, in the order of their ends. The cursor consists of the end and the position of the last run.
 */
async function endedRuns(queries: Queries, { before, after, limit }: PruneRequest): Promise<readonly Ended[]> {
  let query = queries.selectFrom("runs").select(["position", "id", "finished_at"]).where("finished_at", "<", before);
  if (after !== null) {
    const [moment = "", position = "0"] = after.split(" ");
    query = query.where((run) =>
      run.or([
        run("finished_at", ">", moment),
        run.and([run("finished_at", "=", moment), run("position", ">", Number(position))]),
      ]),
    );
  }
  return query.orderBy("finished_at").orderBy("position").limit(limit).execute();
}

function nextOf(rows: readonly Ended[], limit: number): string | null {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? null : `${last.finished_at} ${last.position}`;
}

async function pruneRuns(
  queries: Database["queries"],
  request: PruneRequest & { readonly keep: number },
): Promise<PruneStep> {
  return await queries.transaction().execute(async (transaction) => {
    const rows = await endedRuns(transaction, request);
    const next = nextOf(rows, request.limit);
    const ids = rows.map((row) => row.id);
    if (ids.length === 0) return { removed: 0, next };
    const old = await transaction
      .selectFrom("runs")
      .select("runs.id")
      .where("runs.id", "in", ids)
      .where((run) => run.not(run.or([isLast(run), isLastGood(run), isHeldBack(run), isTrial(run), isOfSchedule(run)])))
      .where((run) => run("runs.position", "<", newestKept(run, request.keep)))
      .execute();
    const doomed = old.map((row) => row.id);
    if (doomed.length === 0) return { removed: 0, next };
    for (const table of ["jobs", "messages", "locks", "lock_waits", "log_lines", "idempotency"] as const)
      await transaction.deleteFrom(table).where("run", "in", doomed).execute();
    await transaction.deleteFrom("runs").where("id", "in", doomed).execute();
    return { removed: doomed.length, next };
  });
}

type OfRun = ExpressionBuilder<Tables, "runs">;

const isLast = (run: OfRun) =>
  run.exists(
    run
      .selectFrom("applications")
      .select("applications.name")
      .whereRef("applications.project", "=", "runs.project")
      .whereRef("applications.name", "=", "runs.application")
      .whereRef("applications.last_run", "=", "runs.id"),
  );

const isLastGood = (run: OfRun) =>
  run.and([
    run("runs.phase", "=", "succeeded"),
    run("runs.kind", "=", "deploy"),
    run.not(
      run.exists(
        run
          .selectFrom("runs as newer")
          .select("newer.id")
          .whereRef("newer.project", "=", "runs.project")
          .whereRef("newer.application", "=", "runs.application")
          .whereRef("newer.position", ">", "runs.position")
          .where("newer.phase", "=", "succeeded")
          .where("newer.kind", "=", "deploy"),
      ),
    ),
  ]);

const isHeldBack = (run: OfRun) =>
  run.exists(run.selectFrom("sink_held_keys").select("sink").whereRef("sink_held_keys.run", "=", "runs.id"));

const isTrial = (run: OfRun) =>
  run.exists(
    run.selectFrom("job_type_versions").select("name").whereRef("job_type_versions.sample_run", "=", "runs.id"),
  );

const isOfSchedule = (run: OfRun) =>
  run.exists(run.selectFrom("schedules").select("schedules.id").whereRef("schedules.last_run", "=", "runs.id"));

/** Position of the oldest of the newest `keep` runs of an application. 0 when it has fewer runs: then all are kept. */
const newestKept = (run: OfRun, keep: number) =>
  run.fn.coalesce(
    run
      .selectFrom("runs as kept")
      .select("kept.position")
      .whereRef("kept.project", "=", "runs.project")
      .whereRef("kept.application", "=", "runs.application")
      .orderBy("kept.position", "desc")
      .limit(1)
      .offset(Math.max(0, keep - 1)),
    sql<number>`0`,
  );

async function pruneLogs(queries: Database["queries"], request: PruneRequest): Promise<PruneStep> {
  return await queries.transaction().execute(async (transaction) => {
    const rows = await endedRuns(transaction, request);
    const ids = rows.map((row) => row.id);
    const next = nextOf(rows, request.limit);
    if (ids.length === 0) return { removed: 0, next };
    const { numDeletedRows } = await transaction.deleteFrom("log_lines").where("run", "in", ids).executeTakeFirst();
    return { removed: Number(numDeletedRows), next };
  });
}

async function pruneEvents(queries: Database["queries"], { before, after, limit }: PruneRequest): Promise<PruneStep> {
  return await queries.transaction().execute(async (transaction) => {
    const rows = await transaction
      .selectFrom("events")
      .select(["sequence", "at"])
      .where("sequence", ">", Number(after ?? 0))
      .orderBy("sequence")
      .limit(limit)
      .execute();
    // Events are in the order of their commits, which is the order of their times, except for differences between the
    // clocks of processes.
    const old = rows.filter((row) => row.at < before);
    const last = old.at(-1);
    if (last === undefined) return { removed: 0, next: null };
    const { numDeletedRows } = await transaction
      .deleteFrom("events")
      .where("sequence", ">", Number(after ?? 0))
      .where("sequence", "<=", last.sequence)
      .where("at", "<", before)
      .where((event) =>
        event.not(event.or([isNewest(event), isOfUnfinished(event), isUndelivered(event), isHeld(event)])),
      )
      .executeTakeFirst();
    return {
      removed: Number(numDeletedRows),
      next: old.length < rows.length || rows.length < limit ? null : String(last.sequence),
    };
  });
}

type OfEvent = ExpressionBuilder<Tables, "events">;

/** The newest event is kept, because the newest sequence number must never become smaller. */
const isNewest = (event: OfEvent) =>
  event(
    "events.sequence",
    "=",
    event.selectFrom("events as all").select((column) => column.fn.max("all.sequence").as("newest")),
  );

const isOfUnfinished = (event: OfEvent) =>
  event.exists(
    event
      .selectFrom("runs")
      .select("runs.id")
      .whereRef("runs.id", "=", "events.run")
      .where("runs.phase", "=", "running"),
  );

const isUndelivered = (event: OfEvent) =>
  event.exists(
    event
      .selectFrom("sinks")
      .select("sinks.id")
      .whereRef("sinks.project", "=", "events.project")
      .whereRef("sinks.position", "<", "events.sequence"),
  );

const isHeld = (event: OfEvent) =>
  event.exists(
    event
      .selectFrom("sink_held_keys")
      .innerJoin("sinks", "sinks.id", "sink_held_keys.sink")
      .select("sinks.id")
      .whereRef("sinks.project", "=", "events.project")
      .whereRef("sink_held_keys.application", "=", "events.application")
      .whereRef("sink_held_keys.sequence", "<=", "events.sequence"),
  );

async function pruneRevisions(
  queries: Database["queries"],
  { before, after, limit, keep }: PruneRequest & { readonly keep: number },
): Promise<PruneStep> {
  const [project = "", name = ""] = after?.split("/") ?? [];
  return await queries.transaction().execute(async (transaction) => {
    const page = await transaction
      .selectFrom("applications")
      .select(["project", "name", "revision"])
      .where("deleted", "=", 0)
      .where((row) =>
        row.or([row("project", ">", project), row.and([row("project", "=", project), row("name", ">", name)])]),
      )
      .orderBy("project")
      .orderBy("name")
      .limit(limit)
      .execute();
    let removed = 0;
    for (const one of page) removed += await pruneOf(transaction, { ...one, before, keep });
    const last = page.at(-1);
    return { removed, next: last === undefined || page.length < limit ? null : `${last.project}/${last.name}` };
  });
}

interface OldRevisions {
  readonly project: string;
  readonly name: string;
  readonly revision: number;
  readonly before: string;
  readonly keep: number;
}

async function pruneOf(queries: Queries, { project, name, revision, before, keep }: OldRevisions): Promise<number> {
  const { numDeletedRows } = await queries
    .deleteFrom("revisions")
    .where("project", "=", project)
    .where("application", "=", name)
    .where("number", "<=", revision - Math.max(1, keep))
    .where("created_at", "<", before)
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom("runs")
            .select("runs.id")
            .whereRef("runs.project", "=", "revisions.project")
            .whereRef("runs.application", "=", "revisions.application")
            .whereRef("runs.revision", "=", "revisions.number"),
        ),
      ),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

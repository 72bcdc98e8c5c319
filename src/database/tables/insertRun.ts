// Creates a run: it writes revision, run, jobs, idempotency record and events in one transaction, or reports a conflict
// and writes nothing.
import type { Selectable, Transaction } from "kysely";
import { writtenName } from "../../model/kubernetes/name.ts";
import type { NewEvent } from "../../model/run/event.ts";
import type { Revision } from "../../model/run/revision.ts";
import type { Run } from "../../model/run/run.ts";
import type { CreateRunResult, IdempotencyRecord, NewRun } from "../../ports/store.ts";
import { inBatches, printable, toJson } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";
import { jobRow } from "../connection/jobColumns.ts";
import type { ApplicationsTable, Tables } from "../connection/schema.ts";
import { writtenPlan } from "../connection/storedPlans.ts";
import { commit, insertEvents } from "./events.ts";

type Refusal = Extract<CreateRunResult, { readonly ok: false }>;

/** Thrown to roll the transaction back. It is always caught in this file. */
class Conflict extends Error {
  readonly refusal: Refusal;

  constructor(conflict: Refusal["conflict"], actual: string) {
    super(`${conflict} ${actual}`);
    this.refusal = { ok: false, conflict, actual };
  }
}

export async function insertRun(database: Database, request: NewRun): Promise<CreateRunResult> {
  let { number } = request.run;
  try {
    await commit(database, async (transaction) => {
      const application = await lockApplication(transaction, request.run);
      if (request.idempotency !== undefined) await takeKey(transaction, request.idempotency);
      if (request.run.application !== null) {
        refuseOtherRevision(application, request);
        await refuseOtherRun(transaction, request.run);
      } else number = await nextNumber(transaction, request.run.project);
      await insertRunRows(transaction, { ...request, run: { ...request.run, number } });
      await insertEvents(
        database,
        transaction,
        request.events.map((event) => numbered(event, number)),
      );
    });
    return { ok: true, number };
  } catch (error) {
    if (error instanceof Conflict) return error.refusal;
    throw error;
  }
}

/** Adds the number of the run to its event, because a run without an application gets its number only here. */
function numbered(event: NewEvent, number: number): NewEvent {
  return event.type === "run.created" ? { ...event, data: { ...event.data, number } } : event;
}

/**
 * Locks the row of the application until the commit. In both databases, an update that changes nothing takes the lock.
 */
async function lockApplication(transaction: Transaction<Tables>, run: Run): Promise<Selectable<ApplicationsTable>> {
  const { project, cluster, namespace, createdAt } = run;
  const name = writtenName(run.application);
  return await transaction
    .insertInto("applications")
    .values({ project, name, cluster, namespace, revision: 0, deleted: 1, updated_at: createdAt, last_run: null })
    .onConflict((conflict) =>
      conflict.columns(["project", "name"]).doUpdateSet((row) => ({ name: row.ref("excluded.name") })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Inserts the idempotency key before it reads it. So of two transactions with the same key, even for different
 * applications, the second one waits here for the first.
 */
async function takeKey(transaction: Transaction<Tables>, record: IdempotencyRecord): Promise<void> {
  const { project, key, request, run } = record;
  const taken = await transaction
    .insertInto("idempotency")
    .values({ project, key, request, run })
    .onConflict((conflict) => conflict.columns(["project", "key"]).doNothing())
    .returning("key")
    .executeTakeFirst();
  if (taken !== undefined) return;
  const earlier = await transaction
    .selectFrom("idempotency")
    .select("run")
    .where("project", "=", project)
    .where("key", "=", key)
    .executeTakeFirstOrThrow();
  throw new Conflict("run", earlier.run);
}

function refuseOtherRevision(application: Selectable<ApplicationsTable>, { expectedRevision, revision }: NewRun): void {
  const newest = application.deleted === 1 ? 0 : application.revision;
  if (newest !== expectedRevision) throw new Conflict("revision", String(newest));
  if (revision !== undefined && revision.number <= application.revision)
    throw new Conflict("revision", String(application.revision));
}

async function refuseOtherRun(transaction: Transaction<Tables>, { project, application, number }: Run): Promise<void> {
  const runs = transaction
    .selectFrom("runs")
    .select("id")
    .where("project", "=", project)
    .where("application", "=", writtenName(application));
  const conflicting =
    (await runs.where("phase", "=", "running").executeTakeFirst()) ??
    (await runs.where("number", "=", number).executeTakeFirst());
  if (conflicting !== undefined) throw new Conflict("run", conflicting.id);
}

/**
 * The next number for a run without an application. Many such runs may start at the same time, so it is assigned under
 * the lock.
 */
async function nextNumber(transaction: Transaction<Tables>, project: string): Promise<number> {
  const runs = transaction
    .selectFrom("runs")
    .where("project", "=", project)
    .where("application", "=", writtenName(null));
  const newest = await runs.select("number").orderBy("number", "desc").limit(1).executeTakeFirst();
  return (newest?.number ?? 0) + 1;
}

async function insertRunRows(transaction: Transaction<Tables>, { run, jobs, revision }: NewRun): Promise<void> {
  if (revision !== undefined) await insertRevision(transaction, revision);
  const { createdAt, finishedAt, cancelledBy, pausedBy, pauses, finalSkippedBy, startAt, inputs, ...rest } = run;
  await transaction
    .insertInto("runs")
    .values({
      ...rest,
      application: writtenName(rest.application),
      message: printable(run.message),
      created_at: createdAt,
      finished_at: finishedAt,
      cancelled_by: cancelledBy,
      paused_by: pausedBy,
      start_at: startAt,
      pauses: toJson(pauses),
      final_skipped_by: finalSkippedBy,
      inputs: toJson(inputs),
    })
    .execute();
  await transaction
    .updateTable("applications")
    .set({ last_run: run.id })
    .where("project", "=", run.project)
    .where("name", "=", writtenName(run.application))
    .execute();
  for (const batch of inBatches(jobs.map((job, position) => jobRow(run.id, job, position)))) {
    await transaction.insertInto("jobs").values(batch).execute();
  }
}

async function insertRevision(transaction: Transaction<Tables>, revision: Revision): Promise<void> {
  const { project, application, number, cluster, namespace, actor, document, plan, createdAt } = revision;
  const row = {
    project,
    application,
    number,
    cluster,
    namespace,
    actor,
    message: printable(revision.message),
    created_at: createdAt,
  };
  await transaction
    .insertInto("revisions")
    .values({ ...row, document: toJson(document), plan: toJson(writtenPlan(plan)) })
    .execute();
  await transaction
    .updateTable("applications")
    .set({ cluster, namespace, revision: number, deleted: 0, updated_at: createdAt })
    .where("project", "=", project)
    .where("name", "=", application)
    .execute();
}

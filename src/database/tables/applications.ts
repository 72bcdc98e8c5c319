// Reads applications and their revisions, and removes them after a delete run. They are written in insertRun.ts when a
// run is created.

import type { Selectable } from "kysely";
import type { ApplicationSummary, Revision } from "../../model/run/revision.ts";
import type { Applications, Page, Paged } from "../../ports/store.ts";
import { fromJson } from "../connection/columns.ts";
import type { Database, Queries } from "../connection/database.ts";
import type { RevisionsTable } from "../connection/schema.ts";
import { readPlan } from "../connection/storedPlans.ts";
import { numberAfter, pageOf, rowsFor, textAfter } from "./paging.ts";

export function createApplications({ queries }: Database): Applications {
  return {
    async list(project, page) {
      const after = textAfter("applications", page);
      let query = summaries(queries).where("applications.project", "=", project);
      if (after !== undefined) query = query.where("applications.name", ">", after);
      const rows = await query.orderBy("applications.name").limit(rowsFor(page)).execute();
      return pageOf(rows, page, { list: "applications", key: (row) => row.name, item: summaryOf });
    },
    all: (page) => allApplications(queries, page),
    async get(project, name) {
      const row = await summaries(queries)
        .where("applications.project", "=", project)
        .where("applications.name", "=", name)
        .executeTakeFirst();
      return row === undefined ? null : summaryOf(row);
    },
    async revision(project, name, number) {
      const row = await revisionsOf(queries, project, name).where("number", "=", number).executeTakeFirst();
      return row === undefined ? null : revisionOf(row);
    },
    async revisions(project, name, page) {
      const after = numberAfter("revisions", page);
      let query = revisionsOf(queries, project, name);
      if (after !== undefined) query = query.where("number", "<", after);
      const rows = await query.orderBy("number", "desc").limit(rowsFor(page)).execute();
      return pageOf(rows, page, { list: "revisions", key: (row) => row.number, item: revisionOf });
    },
    async nextRevisionNumber(project, name) {
      const query = queries
        .selectFrom("applications")
        .select("revision")
        .where("project", "=", project)
        .where("name", "=", name);
      const row = await query.executeTakeFirst();
      return (row?.revision ?? 0) + 1;
    },
    async inNamespace(cluster, namespace) {
      const query = summaries(queries)
        .where("applications.cluster", "=", cluster)
        .where("applications.namespace", "=", namespace);
      const rows = await query.orderBy("applications.project").orderBy("applications.name").execute();
      return rows.map(summaryOf);
    },
  };
}

async function allApplications(queries: Queries, page: Page): Promise<Paged<ApplicationSummary>> {
  const after = textAfter("all-applications", page);
  let query = summaries(queries);
  // No name contains a "/".
  const [project = "", name = ""] = after?.split("/") ?? [];
  if (after !== undefined)
    query = query.where((one) =>
      one.or([
        one("applications.project", ">", project),
        one.and([one("applications.project", "=", project), one("applications.name", ">", name)]),
      ]),
    );
  const ordered = query.orderBy("applications.project").orderBy("applications.name");
  const rows = await ordered.limit(rowsFor(page)).execute();
  const key = (row: SummaryRow): string => `${row.project}/${row.name}`;
  return pageOf(rows, page, { list: "all-applications", key, item: summaryOf });
}

/** Does nothing when the newest run is not a delete run, because the application was deployed again meanwhile. */
export async function forgetApplication({ queries }: Database, project: string, name: string): Promise<void> {
  await queries.transaction().execute(async (transaction) => {
    const forgotten = await transaction
      .updateTable("applications")
      .set({ deleted: 1 })
      .where("project", "=", project)
      .where("name", "=", name)
      .where((expression) =>
        expression.exists(
          expression
            .selectFrom("runs")
            .select("runs.id")
            .whereRef("runs.id", "=", "applications.last_run")
            .where("runs.kind", "=", "delete"),
        ),
      )
      .returning("name")
      .executeTakeFirst();
    if (forgotten === undefined) return;
    await transaction.deleteFrom("revisions").where("project", "=", project).where("application", "=", name).execute();
  });
}

function summaries(queries: Queries) {
  return queries
    .selectFrom("applications")
    .leftJoin("runs", "runs.id", "applications.last_run")
    .where("applications.deleted", "=", 0)
    .select([
      "applications.project",
      "applications.name",
      "applications.cluster",
      "applications.namespace",
      "applications.revision",
      "applications.updated_at",
    ])
    .select([
      "runs.id as run_id",
      "runs.number as run_number",
      "runs.kind as run_kind",
      "runs.phase as run_phase",
      "runs.finished_at as run_finished_at",
    ]);
}

type SummaryRow = Awaited<ReturnType<ReturnType<typeof summaries>["execute"]>>[number];

function summaryOf(row: SummaryRow): ApplicationSummary {
  const { project, name, cluster, namespace, revision, updated_at: updatedAt } = row;
  return { project, name, cluster, namespace, revision, updatedAt, lastRun: lastRunOf(row) };
}

function lastRunOf(row: SummaryRow): ApplicationSummary["lastRun"] {
  const { run_id: id, run_number: number, run_kind: kind, run_phase: phase, run_finished_at: finishedAt } = row;
  // In an outer join, all columns of the run are null together.
  if (id === null || number === null || kind === null || phase === null) return null;
  return { id, number, kind, phase, finishedAt };
}

function revisionsOf(queries: Queries, project: string, name: string) {
  return queries.selectFrom("revisions").selectAll().where("project", "=", project).where("application", "=", name);
}

function revisionOf({ created_at: createdAt, document, plan, ...rest }: Selectable<RevisionsTable>): Revision {
  return { ...rest, document: fromJson(document), plan: readPlan(fromJson(plan)), createdAt };
}

// Reads runs, newest first, page by page. A list by something that is not stored, such as what a run does now, reads many
// rows at once and asks the caller which of them belong into it. For lists and counts, it also reads the jobs of many
// runs that have started and not ended, without their plans, which are large.
import type { Selectable } from "kysely";
import { readName, writtenName } from "../../model/kubernetes/name.ts";
import { isSettled, PHASE_NAMES } from "../../model/run/phase.ts";
import type { Run } from "../../model/run/run.ts";
import type { JobUnderWay, KeptRuns, RunFilter } from "../../ports/runLists.ts";
import type { Page, Paged } from "../../ports/store.ts";
import { fromJson, inBatches } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";
import type { RunsTable } from "../connection/schema.ts";
import { numberAfter, pageOf, rowsFor } from "./paging.ts";

type Row = Selectable<RunsTable>;

interface RunList {
  readonly filter: RunFilter;
  readonly page: Page;
  readonly keep: KeptRuns | undefined;
}

/** The number of rows that `keep` is asked about at once. */
const CHOSEN_AT_ONCE = 500;

export async function listRuns(database: Database, { filter, page, keep }: RunList): Promise<Paged<Run>> {
  const wanted = rowsFor(page);
  const size = keep === undefined ? wanted : Math.max(wanted, CHOSEN_AT_ONCE);
  const rows: Row[] = [];
  let before = numberAfter("runs", page);
  for (;;) {
    const found = await rowsBefore(database, filter, { before, limit: size });
    rows.push(...(keep === undefined ? found : await chosen(found, keep)));
    before = found.at(-1)?.position;
    if (rows.length >= wanted || found.length < size) break;
  }
  return pageOf(rows.slice(0, wanted), page, { list: "runs", key: (row) => row.position, item: runOf });
}

export async function runsCalled({ queries }: Database, ids: readonly string[]): Promise<readonly Run[]> {
  const found: Run[] = [];
  for (const batch of inBatches(ids)) {
    const rows = await queries
      .selectFrom("runs")
      .selectAll()
      .where("id", "in", [...batch])
      .execute();
    found.push(...rows.map(runOf));
  }
  return found;
}

async function chosen(rows: readonly Row[], keep: KeptRuns): Promise<readonly Row[]> {
  const kept = await keep(rows.map(runOf));
  return rows.filter((row) => kept.has(row.id));
}

async function rowsBefore(
  { queries }: Database,
  { project, application, phase, workflow }: RunFilter,
  { before, limit }: { readonly before: number | undefined; readonly limit: number },
): Promise<readonly Row[]> {
  let query = queries.selectFrom("runs").selectAll().where("project", "=", project);
  if (application !== undefined) query = query.where("application", "=", writtenName(application));
  if (phase !== undefined) query = query.where("phase", "=", phase);
  if (workflow !== undefined) query = query.where("application", "=", "").where("workflow", "=", workflow);
  if (before !== undefined) query = query.where("position", "<", before);
  return await query.orderBy("position", "desc").limit(limit).execute();
}

export function runOf(row: Row): Run {
  const {
    position: _,
    fence: _fence,
    created_at,
    finished_at,
    cancelled_by,
    paused_by,
    start_at,
    pauses,
    final_skipped_by,
    inputs,
    application,
    ...rest
  } = row;
  return {
    ...rest,
    application: readName(application),
    startAt: start_at,
    createdAt: created_at,
    finishedAt: finished_at,
    cancelledBy: cancelled_by,
    pausedBy: paused_by,
    pauses: fromJson(pauses),
    finalSkippedBy: final_skipped_by,
    inputs: fromJson(inputs),
  };
}

const UNDER_WAY = PHASE_NAMES.filter((phase) => phase !== "waiting" && !isSettled(phase));

export async function underWay({ queries }: Database, ids: readonly string[]): Promise<readonly JobUnderWay[]> {
  const found: JobUnderWay[] = [];
  for (const batch of inBatches(ids)) {
    const rows = await queries
      .selectFrom("jobs")
      .select(["run", "name", "phase", "reason", "attempt", "earlier_attempts"])
      .where("run", "in", [...batch])
      .where("phase", "in", UNDER_WAY)
      .orderBy("run")
      .orderBy("position")
      .execute();
    found.push(
      ...rows.map(({ earlier_attempts: earlier, ...row }) => ({
        ...row,
        reason: fromJson(row.reason),
        earlier: fromJson(earlier),
      })),
    );
  }
  return found;
}

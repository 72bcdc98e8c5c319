// Schedules: the workflows that start at given times, their next time, and the result of the last time.
import type { Selectable } from "kysely";
import type { Schedule, ScheduleTick } from "../../model/run/schedule.ts";
import type { Schedules } from "../../ports/schedules.ts";
import { fromJson, toJson } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";
import type { SchedulesTable } from "../connection/schema.ts";

export function createSchedules(database: Database): Schedules {
  const { queries } = database;
  const all = () => queries.selectFrom("schedules").selectAll();
  return {
    put: (schedule) => putSchedule(database, schedule),
    async list(project) {
      const query = project === undefined ? all() : all().where("project", "=", project);
      return (await query.orderBy("project").orderBy("name").execute()).map(scheduleOf);
    },
    async get(project, name) {
      const row = await all().where("project", "=", project).where("name", "=", name).executeTakeFirst();
      return row === undefined ? null : scheduleOf(row);
    },
    async find(id) {
      const row = await all().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : scheduleOf(row);
    },
    async remove(project, name) {
      const rows = queries.deleteFrom("schedules").where("project", "=", project).where("name", "=", name);
      return (await rows.executeTakeFirst()).numDeletedRows === 1n;
    },
    async pause(id, pausedBy, nextAt) {
      await queries
        .updateTable("schedules")
        .set({ paused_by: pausedBy, next_at: nextAt })
        .where("id", "=", id)
        .execute();
    },
    async advance(from, { nextAt, last }) {
      const { numUpdatedRows } = await queries
        .updateTable("schedules")
        .set({
          next_at: nextAt,
          last_at: last.at,
          last_run: last.run,
          last_problem: toJson({ skipped: last.skipped, problem: last.problem }),
        })
        .where("id", "=", from.id)
        .where("next_at", from.nextAt === null ? "is" : "=", from.nextAt)
        .where("settings", "=", toJson(from.settings))
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}

async function putSchedule({ queries }: Database, schedule: Schedule): Promise<Schedule> {
  const { id, project, name, settings, actor, createdAt, pausedBy, nextAt } = schedule;
  const row = await queries
    .insertInto("schedules")
    .values({
      id,
      project,
      name,
      settings: toJson(settings),
      actor,
      created_at: createdAt,
      paused_by: pausedBy,
      next_at: nextAt,
    })
    .onConflict((conflict) =>
      conflict.columns(["project", "name"]).doUpdateSet((excluded) => ({
        settings: excluded.ref("excluded.settings"),
        actor: excluded.ref("excluded.actor"),
        next_at: excluded.ref("excluded.next_at"),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  return scheduleOf(row);
}

function scheduleOf(row: Selectable<SchedulesTable>): Schedule {
  const { id, project, name, settings, actor, created_at, paused_by, next_at } = row;
  return {
    id,
    project,
    name,
    settings: fromJson(settings),
    actor,
    createdAt: created_at,
    pausedBy: paused_by,
    nextAt: next_at,
    last: lastOf(row),
  };
}

function lastOf({ last_at, last_run, last_problem }: Selectable<SchedulesTable>): ScheduleTick | null {
  if (last_at === null || last_problem === null) return null;
  return { at: last_at, run: last_run, ...fromJson(last_problem) };
}

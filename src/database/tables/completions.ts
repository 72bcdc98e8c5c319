// Results of work that is done once per content: a task with the same content does not run again.
import { writtenName } from "../../model/kubernetes/name.ts";
import type { Completions } from "../../ports/store.ts";
import { fromJson, toJson } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";

export function createCompletions({ queries }: Database): Completions {
  return {
    async get({ project, application, component, content }) {
      const row = await queries
        .selectFrom("completions")
        .select("output")
        .where("project", "=", project)
        .where("application", "=", writtenName(application))
        .where("component", "=", writtenName(component))
        .where("content", "=", content)
        .executeTakeFirst();
      return row === undefined ? null : fromJson(row.output);
    },
    async put({ project, application, component, content }, output) {
      await queries
        .insertInto("completions")
        .values({
          project,
          application: writtenName(application),
          component: writtenName(component),
          content,
          output: toJson(output),
        })
        .onConflict((conflict) =>
          conflict
            .columns(["project", "application", "component", "content"])
            .doUpdateSet((row) => ({ output: row.ref("excluded.output") })),
        )
        .execute();
    },
    async forget(project, application) {
      await queries
        .deleteFrom("completions")
        .where("project", "=", project)
        .where("application", "=", application)
        .execute();
    },
  };
}

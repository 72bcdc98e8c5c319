// Logs of tasks, kept line by line when their pods are gone.
import type { Logs } from "../ports/store.ts";
import { inBatches, printable } from "./columns.ts";
import type { Database } from "./database.ts";

export function createLogs({ queries }: Database): Logs {
  return {
    async append(run, job, lines) {
      const rows = lines.map(({ at, pod, container, text }) => ({
        run,
        job,
        at,
        pod,
        container,
        text: printable(text),
      }));
      await queries.transaction().execute(async (transaction) => {
        for (const batch of inBatches(rows)) await transaction.insertInto("log_lines").values(batch).execute();
      });
    },
    async read(run, job, limit) {
      const lines = queries
        .selectFrom("log_lines")
        .select(["at", "pod", "container", "text"])
        .where("run", "=", run)
        .where("job", "=", job);
      const newestFirst = await lines.orderBy("position", "desc").limit(limit).execute();
      return newestFirst.reverse();
    },
    async latestRun(project, application, job) {
      const row = await queries
        .selectFrom("runs")
        .select("runs.id")
        .where("runs.project", "=", project)
        .where("runs.application", "=", application)
        .where((expression) =>
          expression.exists(
            expression
              .selectFrom("log_lines")
              .select("log_lines.run")
              .whereRef("log_lines.run", "=", "runs.id")
              .where("log_lines.job", "=", job),
          ),
        )
        .orderBy("runs.position", "desc")
        .limit(1)
        .executeTakeFirst();
      return row?.id ?? null;
    },
  };
}

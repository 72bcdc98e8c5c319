// Stored logs of tasks, one row per line. Each line has a key, so that writing it again does nothing.
import { createHash } from "node:crypto";
import type { Logs } from "../../ports/store.ts";
import { inBatches, printable } from "../connection/columns.ts";
import type { Database } from "../connection/database.ts";

export function createLogs({ queries }: Database): Logs {
  return {
    async append(run, job, lines) {
      const seen = new Map<string, number>();
      const rows = lines.map(({ at, pod, container, text }) => {
        const line = { at, pod, container, text: printable(text) };
        const content = JSON.stringify([at, pod, container, line.text]);
        const count = (seen.get(content) ?? 0) + 1;
        seen.set(content, count);
        return { run, job, ...line, key: keyOf(content, count) };
      });
      await queries.transaction().execute(async (transaction) => {
        for (const batch of inBatches(rows)) {
          const lines = transaction.insertInto("log_lines").values(batch);
          await lines.onConflict((conflict) => conflict.doNothing()).execute();
        }
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
    async count(run, job) {
      const { lines } = await queries
        .selectFrom("log_lines")
        .select((expression) => expression.fn.countAll<number>().as("lines"))
        .where("run", "=", run)
        .where("job", "=", job)
        .executeTakeFirstOrThrow();
      return lines;
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

/** A program may print the same line twice at the same time; `count` distinguishes them. */
function keyOf(content: string, count: number): string {
  return createHash("sha256").update(`${count}${content}`).digest("base64url").slice(0, 22);
}

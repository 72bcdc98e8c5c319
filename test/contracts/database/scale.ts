// Contract: ten thousand applications are listed page by page, with one indexed query per page, so that late pages are
// as fast as early ones.
import { describe, expect, it } from "vitest";
import type { Page } from "../../../src/ports/store.ts";
import type { Backend } from "./backends.ts";

const APPLICATIONS = 10_000;

/** SQL that works on both databases. */
const NUMBERS = `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${APPLICATIONS})`;

const FILL = [
  `insert into applications (project, name, cluster, namespace, revision, deleted, updated_at, last_run)
   ${NUMBERS} select 'big', 'app-' || n, 'kind', 'space', 1, 0, '2026', 'run-' || n from numbers`,
  `insert into runs (id, project, application, number, revision, kind, cluster, namespace, phase, actor, message, created_at)
   ${NUMBERS} select 'run-' || n, 'big', 'app-' || n, 1, 1, 'deploy', 'kind', 'space', 'succeeded', 'ada', '', '2026' from numbers`,
];

export function scale(backend: Backend): void {
  describe("scale", () => {
    it("lists 10,000 applications with their last runs: the last page as fast as the first", async () => {
      const database = await backend.create();
      try {
        await (await database.open()).close();
        for (const statement of FILL) await database.sql(statement);
        const store = await database.open();
        const names = new Set<string>();
        const times: number[] = [];
        for (let page: Page | null = { limit: 100 }; page !== null; ) {
          const before = performance.now();
          const { items, next } = await store.applications.list("big", page);
          times.push(performance.now() - before);
          for (const { name, lastRun } of items) if (lastRun?.id === name.replace("app", "run")) names.add(name);
          page = next === null ? null : { limit: 100, after: next };
        }
        await store.close();
        expect(names.size).toBe(APPLICATIONS);
        // Late pages are compared with early ones, because the machine may be busy. A query that skips all earlier rows
        // would take longer with each page.
        expect(median(times.slice(-20))).toBeLessThan(4 * median(times.slice(1, 21)) + 2);
      } finally {
        await database.remove();
      }
    });
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

// Tests that a database of every earlier schema is migrated with its content, also by two processes at the same time
// where processes can share it.
import { afterAll, describe, expect, it } from "vitest";
import { postgresDifferences, SQLITE as SQLITE_DIFFERENCES } from "../../../src/database/connection/dialect.ts";
import { MIGRATIONS } from "../../../src/database/migrations/migrate.ts";
import { type Backend, POSTGRES, SQLITE, type TestDatabase } from "../../contracts/database/backends.ts";
import { AT } from "../../contracts/database/fixtures.ts";

const databases: TestDatabase[] = [];
afterAll(async () => {
  for (const database of databases) await database.remove();
});

const TYPES = { SQLite: SQLITE_DIFFERENCES.types, PostgreSQL: postgresDifferences("test").types };

/** Rows that every schema since the first one accepts. */
const ROWS = [
  `insert into applications (project, name, cluster, namespace, revision, deleted, updated_at, last_run) values ('old', 'shop', 'kind', 'shop', 1, 0, '${AT}', 'run-1')`,
  `insert into revisions (project, application, number, document, plan, cluster, namespace, actor, message, created_at) values ('old', 'shop', 1, '{"name":"shop"}', '{"jobs":[],"changes":[]}', 'kind', 'shop', 'ada', 'first', '${AT}')`,
  `insert into runs (id, project, application, number, revision, kind, cluster, namespace, phase, actor, message, created_at, finished_at) values ('run-1', 'old', 'shop', 1, 1, 'deploy', 'kind', 'shop', 'succeeded', 'ada', '', '${AT}', '${AT}')`,
  `insert into jobs (run, position, name, plan, phase, reason, evidence, attempt, output) values ('run-1', 0, 'web', '{"name":"web","component":""}', 'succeeded', '{"code":"Ready","params":{}}', '[]', 1, '{}')`,
  `insert into log_lines (run, job, at, pod, container, text) values ('run-1', 'web', '${AT}', 'p', 'c', 'twice'), ('run-1', 'web', '${AT}', 'p', 'c', 'twice')`,
  `insert into events (at, project, application, run, type, data) values ('${AT}', 'old', 'shop', 'run-1', 'run.created', '{}')`,
  `insert into idempotency (project, key, request, run) values ('old', 'k', 'r', 'run-1')`,
  `insert into inventory (cluster, api_group, kind, namespace, name, api_version, project, application, component, uid, keep) values ('kind', 'apps', 'Deployment', 'shop', 'web', 'apps/v1', 'old', 'shop', 'web', 'u', 0)`,
  `insert into completions (project, application, component, content, output) values ('old', 'shop', 'task', 'c', '{}')`,
  `insert into tokens (id, name, project, role, created_at, expires_at, hash) values ('t', 'local', '*', 'admin', '${AT}', null, 'h')`,
  `insert into settings (name, value) values ('vault-key', 'print')`,
];

async function ofSchema(backend: Backend, length: number): Promise<TestDatabase> {
  const database = await backend.create();
  databases.push(database);
  const statements = ["create table migrations (name text not null primary key, at text not null)"];
  for (const [index, migration] of MIGRATIONS.slice(0, length).entries()) {
    statements.push(...migration.statements(TYPES[backend.name]));
    statements.push(`insert into migrations (name, at) values ('${migration.name}', '${AT}')`);
    // The rows are written before the second migration, as in an installation that was upgraded step by step.
    if (index === 0) statements.push(...ROWS);
  }
  // PostgreSQL accepts all statements in one text, which needs only one connection.
  for (const text of backend.shared ? [statements.join(";\n")] : statements) await database.sql(text);
  return database;
}

describe.each([SQLITE, POSTGRES].map((backend) => [backend.name, backend] as const))("%s", (_, backend) => {
  it.each(MIGRATIONS.map((migration, index) => [migration.name, index + 1] as const))(
    "is brought forward from %s with what is in it",
    async (_name, length) => {
      const database = await ofSchema(backend, length);
      const [store, second] = await Promise.all(Array.from({ length: backend.shared ? 2 : 1 }, () => database.open()));
      expect(await store?.applications.get("old", "shop")).toMatchObject({
        revision: 1,
        lastRun: { phase: "succeeded" },
      });
      expect(await store?.applications.revision("old", "shop", 1)).toMatchObject({ document: { name: "shop" } });
      expect(await store?.runs.get("run-1")).toMatchObject({ workflow: "", pausedBy: null, inputs: {} });
      expect(await store?.runs.jobs("run-1")).toMatchObject([
        { name: "web", interruptions: 0, dueAt: null, plan: { component: null } },
      ]);
      expect(await store?.logs.read("run-1", "web", 10)).toHaveLength(2);
      expect(await store?.events.after({ project: "old" }, 0, 10)).toMatchObject([{ type: "run.created" }]);
      expect(await store?.inventory.list("old", "shop")).toMatchObject([{ uid: "u" }]);
      expect(await store?.setting("vault-key", "other")).toBe("print");
      expect(await store?.runs.nextRunNumber("old", "shop")).toBe(2);
      await store?.close();
      await second?.close();
      const names = await database.sql("select name from migrations order by name");
      expect(names.map((row) => row["name"])).toEqual(MIGRATIONS.map((migration) => migration.name).toSorted());
    },
  );

  it("leaves tokens that share a name as they are, and gives none of their names again", async () => {
    const database = await ofSchema(backend, 12);
    for (const id of ["b1", "b2"])
      await database.sql(
        `insert into tokens (id, name, project, role, created_at, expires_at, hash) values ('${id}', 'bob', '*', 'write', '${AT}', null, '${id}')`,
      );
    const store = await database.open();
    expect((await store.tokens.list()).map(({ name, madeBy }) => `${name} ${madeBy}`).sort()).toEqual([
      "bob null",
      "bob null",
      "local null",
    ]);
    const token = { project: "*", role: "admin", createdAt: AT, expiresAt: null, madeBy: "ada" } as const;
    const add = (id: string, name: string) => store.tokens.add({ ...token, id, name }, `hash of ${id}`);
    expect([await add("b3", "bob"), await add("l2", "local"), await add("c", "carol")]).toEqual([false, false, true]);
    await store.tokens.remove("b1");
    await store.tokens.remove("b2");
    expect(await add("b3", "bob")).toBe(true);
    await store.close();
  });
});

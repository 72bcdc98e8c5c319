// The store contract on PostgreSQL, and tests that only PostgreSQL needs: broken connections, and processes that share
// a database.
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { openPostgres } from "../../../src/database/open.ts";
import { POSTGRES, type TestDatabase } from "./backends.ts";
import { storeContract } from "./contract.ts";
import { woken } from "./eventing.ts";
import { anEvent, newProject } from "./fixtures.ts";

storeContract(POSTGRES);

const GATE = 4711;

/**
 * SQL that makes the commit of an event of application "slow" wait for the gate. An event that is inserted in the
 * meantime gets a greater number.
 */
const SLOW_COMMITS = [
  `create function wait_at_gate() returns trigger language plpgsql as
   $$ begin perform pg_advisory_lock_shared(${GATE}); perform pg_advisory_unlock_shared(${GATE}); return null; end $$`,
  `create constraint trigger slow_commit after insert on events deferrable initially deferred
   for each row when (new.application = 'slow') execute function wait_at_gate()`,
];

/** The number of database sessions that wait for a lock. */
async function waiting(database: TestDatabase): Promise<number> {
  const rows = await database.sql(
    "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return rows.length;
}

async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      // The connection is gone. The next attempt gets another one, and the time limit of the test ends an endless loop.
    }
  }
}

describe("a PostgreSQL database", () => {
  it("may be opened and migrated by many processes at once", async () => {
    const database = await POSTGRES.create();
    const stores = await Promise.all(Array.from({ length: 5 }, () => database.open()));
    const made = await database.sql("select name from migrations");
    expect(new Set(made.map((row) => row["name"])).size).toBe(made.length);
    for (const store of stores) await store.close();
    await database.remove();
  });

  it("may have a full disk: that is said as it is for SQLite, for as long as it is so", async () => {
    const database = await POSTGRES.create();
    let now = new Date();
    const store = await database.open({ clock: { now: () => now } });
    await database.sql(`create function no_room() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file "base/1/2": No space left on device' using errcode = '53100'; end $$`);
    await database.sql("create trigger full_disk before insert on events for each row execute function no_room()");
    const write = () => store.events.append(anEvent(newProject()));
    await expect(write()).rejects.toMatchObject({
      code: "DatabaseFull",
      params: { file: expect.stringMatching(/^127\.0\.0\.1:\d+\/test_/) },
    });
    expect(store.isFull()).toBe(true);
    await database.sql("drop trigger full_disk on events");
    await write();
    expect(store.isFull(), "one write that found room may be luck").toBe(true);
    now = new Date(now.getTime() + 60_000);
    expect(store.isFull()).toBe(false);
    await store.close();
    await database.remove();
  });

  it("may drop every connection: the store goes on, and no event of another process is missed", async () => {
    const database = await POSTGRES.create();
    const [one, two] = [await database.open(), await database.open()];
    const project = newProject();
    const first = woken(two);
    await one.events.append(anEvent(project));
    await first;
    const second = woken(two);
    await database.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    // A pool may not know yet which of its connections are gone, so the caller retries, as after any broken connection.
    await untilDone(() => one.events.append(anEvent(project)));
    await second;
    expect(await untilDone(() => two.events.after({ project }, 0, 9))).toHaveLength(2);
    for (const store of [one, two]) await store.close();
    await database.remove();
  });

  it("shows no event before one with a smaller number, however long that one's commit takes", async () => {
    const database = await POSTGRES.create();
    const store = await database.open();
    for (const statement of SLOW_COMMITS) await database.sql(statement);
    const gate = new Client({ connectionString: database.address });
    await gate.connect();
    await gate.query(`select pg_advisory_lock(${GATE})`);
    const project = newProject();
    const slow = store.events.append(anEvent(project, { application: "slow" }));
    while ((await waiting(database)) < 1);
    const fast = store.events.append(anEvent(project, { application: "fast" }));
    const commit = { overtaken: false };
    void fast.then(() => {
      commit.overtaken = true;
    });
    while ((await waiting(database)) < 2 && !commit.overtaken);
    expect(await store.events.after({ project }, 0, 9)).toEqual([]);
    await gate.end();
    await Promise.all([slow, fast]);
    const seen = await store.events.after({ project }, 0, 9);
    expect(seen.map(({ application }) => application)).toEqual(["slow", "fast"]);
    await store.close();
    await database.remove();
  });

  it("that cannot be used is named in the error, without the password", async () => {
    const failure = openPostgres("postgres://user:very-secret@127.0.0.1:1/shop").catch(String);
    expect(await failure).toMatch(/the PostgreSQL database 127\.0\.0\.1:1\/shop cannot be used: .*ECONNREFUSED/);
    expect(await failure).not.toContain("very-secret");
    await expect(openPostgres("nonsense")).rejects.toThrow("is not the address of a database");
  });
});

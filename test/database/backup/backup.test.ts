// Tests that a backup of one database can be restored into any other without a difference, and that an unusable backup
// is refused without writing anything.
import { afterAll, describe, expect, it } from "vitest";
import { restoreStore } from "../../../src/database/open.ts";
import type { BackupRecord } from "../../../src/ports/backup.ts";
import type { Store } from "../../../src/ports/store.ts";
import { type Backend, POSTGRES, SQLITE, type TestDatabase } from "../../contracts/database/backends.ts";
import { anEvent, newRun } from "../../contracts/database/fixtures.ts";
import { fill, PROJECT } from "../filled.ts";

const databases: TestDatabase[] = [];
const fresh = async (backend: Backend): Promise<TestDatabase> => {
  const database = await backend.create();
  databases.push(database);
  return database;
};
afterAll(async () => {
  for (const database of databases) await database.remove();
});

/** The rows in an order that does not depend on the database; only the names and values of columns count. */
function content(records: readonly BackupRecord[]): unknown {
  const rows = records.flatMap((one) =>
    one.record === "rows"
      ? one.rows.map(
          (row) => `${one.table} ${JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`,
        )
      : [],
  );
  return { rows: rows.toSorted(), rest: records.filter((one) => one.record === "positions" || one.record === "end") };
}

async function* given(records: Iterable<unknown>): AsyncIterable<unknown> {
  yield* records;
}

const restore = (address: string, records: Iterable<unknown>, check = (): void => undefined) =>
  restoreStore(address, { file: "the.backup", records: given(records), check });

async function filled(backend: Backend): Promise<{ readonly store: Store; readonly records: readonly BackupRecord[] }> {
  const store = await (await fresh(backend)).open();
  await fill(store);
  return { store, records: await Array.fromAsync(store.backup()) };
}

const BOTH = [SQLITE, POSTGRES];
describe.each(BOTH.flatMap((from) => BOTH.map((to) => [from.name, to.name, from, to] as const)))(
  "a backup of %s restored into %s",
  (_from, _to, from, to) => {
    it("has everything, and goes on where the other one was", async () => {
      const { store, records } = await filled(from);
      const target = await fresh(to);
      const { rows } = await restore(target.address, records);
      expect(rows).toBeGreaterThan(20);
      const restored = await target.open();
      expect(content(await Array.fromAsync(restored.backup()))).toEqual(content(records));
      expect(await restored.applications.list(PROJECT, { limit: 10 })).toEqual(
        await store.applications.list(PROJECT, { limit: 10 }),
      );
      const before = await store.events.latest();
      await restored.events.append(anEvent(PROJECT));
      expect(await restored.events.latest()).toBe(before + 1);
      expect(await restored.runs.create(newRun("another"))).toMatchObject({ ok: true });
      await store.close();
      await restored.close();
    });
  },
);

describe.each(BOTH.map((backend) => [backend.name, backend] as const))("a backup of %s", (_, backend) => {
  it("shows one moment, while others go on writing", async () => {
    const { store } = await filled(backend);
    const begun = await Promise.all(
      Array.from({ length: 30 }, (_, number) => store.runs.create(newRun("busy", { application: `app-${number}` }))),
    );
    expect(begun.every((one) => one.ok)).toBe(true);
    const ending = new AbortController();
    const writer = (async () => {
      for (let number = 30; !ending.signal.aborted; number += 1) {
        await store.runs.create(newRun("busy", { application: `app-${number}` }));
        // Requests from the network also yield to the event loop; SQLite calls alone would never do so.
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const records = await Array.fromAsync(store.backup());
    ending.abort();
    await writer;
    const rowsOf = (table: string) =>
      records.flatMap((one) => (one.record === "rows" && one.table === table ? one.rows : []));
    // A run, its job and its event are written in one transaction, so the backup has all of them or none.
    const runs = new Set(rowsOf("runs").map((row) => row["id"]));
    expect(runs.size).toBeGreaterThanOrEqual(32);
    expect(new Set(rowsOf("jobs").map((row) => row["run"]))).toEqual(runs);
    const told = rowsOf("events").flatMap((row) => (row["type"] === "run.created" ? [row["run"]] : []));
    expect(new Set(told)).toEqual(runs);
    await store.close();
  });

  it("of a program that called its tables otherwise is restored into the tables of today", async () => {
    const { store, records } = await filled(backend);
    await store.close();
    const former: Readonly<Record<string, string>> = {
      lock_keys: "claim_keys",
      locks: "claims",
      lock_waits: "claim_waits",
    };
    // Columns that came after the tables were renamed.
    const withoutLaterColumns = ({ earlier_attempts: _none, ...row }: Readonly<Record<string, unknown>>) => row;
    const key = { record: "rows", table: "claim_keys", rows: [{ key: "group/one", fence: 3 }] } as const;
    const older = records.flatMap((one): readonly unknown[] => {
      if (one.record === "begin") return [{ ...one, changes: one.changes.filter((name) => name < "0015") }, key];
      if (one.record === "rows")
        return [{ ...one, table: former[one.table] ?? one.table, rows: one.rows.map(withoutLaterColumns) }];
      if (one.record === "positions")
        return [{ ...one, positions: { ...one.positions, claim_waits: 7, lock_waits: 0 } }];
      return [{ ...one, rows: one.rows + 1 }];
    });
    const target = await fresh(backend);
    await restore(target.address, older);
    const restored = await target.open();
    const after = await Array.fromAsync(restored.backup());
    await restored.close();
    expect(after).toContainEqual({ record: "rows", table: "lock_keys", rows: [{ key: "group/one", fence: 3 }] });
    expect(after).toContainEqual({ record: "positions", positions: expect.objectContaining({ lock_waits: 7 }) });
  });

  it("is refused where it does not belong, and nothing is written", async () => {
    const { store, records } = await filled(backend);
    await store.close();
    const [begin] = records;
    const newer = [{ ...begin, changes: ["0999-from-the-future"], version: "9.0.0" }, ...records.slice(1)];
    const target = await fresh(backend);
    const cases: readonly (readonly [Iterable<unknown>, string, RegExp])[] = [
      [records.slice(0, -1), "BackupUnusable", /its end is missing/],
      [records.slice(1), "BackupUnusable", /does not begin/],
      [
        records.filter((one) => one.record !== "rows" || one.table !== "events"),
        "BackupUnusable",
        /has \d+ rows, but its end says/,
      ],
      [[begin, { record: "rows", table: "nowhere", rows: [{ a: 1 }] }], "BackupUnusable", /unknown table/],
      [newer, "BackupNewer", /newer kubemin \(9\.0\.0\).*0999-from-the-future/],
    ];
    for (const [wrong, code, words] of cases)
      await expect(restore(target.address, wrong)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(words),
      });
    const otherKey = () => {
      throw new Error("sealed with another key");
    };
    await expect(restore(target.address, records, otherKey)).rejects.toThrow(/another key/);
    // None of the refused backups changed the database, so a restore into it still works.
    await restore(target.address, records);
    await expect(restore(target.address, records)).rejects.toMatchObject({ code: "RestoreTargetUsed" });
  });
});

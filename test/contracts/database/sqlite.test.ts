// The store contract on SQLite, and tests that only SQLite needs: one file, one process.
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSqlite } from "../../../src/database/open.ts";
import { SQLITE } from "./backends.ts";
import { storeContract } from "./contract.ts";
import { newProject, newRun, started } from "./fixtures.ts";
import { startWriter } from "./lasting.ts";

storeContract(SQLITE);

describe("a SQLite file", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kubemin-sqlite-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("belongs to one process until that one ends, however it ends", async () => {
    const database = await SQLITE.create();
    const writer = startWriter(SQLITE, database, "holder");
    for await (const _ of writer.lines) break;
    await expect(database.open()).rejects.toThrow(
      `the database ${database.address} is already in use by another kubemin process`,
    );
    writer.process.kill("SIGKILL");
    await writer.exit;
    const store = await database.open();
    await expect(database.open()).rejects.toThrow("already in use");
    await store.close();
    await database.remove();
  });

  it("is made with its folder, for its owner only", async () => {
    const path = join(folder, "new", "kubemin.db");
    const store = await openSqlite(path);
    for (const name of [path, `${path}-wal`]) expect((await stat(name)).mode & 0o077).toBe(0);
    await store.close();
  });

  it("that is something else is refused by name, and left as it is", async () => {
    const path = join(folder, "letter.txt");
    await writeFile(path, "Dear reader, ".repeat(1000));
    await expect(openSqlite(path)).rejects.toThrow(`the database ${path} cannot be used: it is not a kubemin database`);
    await expect(openSqlite(folder)).rejects.toThrow(`database ${folder} cannot be`);
    expect((await stat(path)).size).toBe(13_000);
  });

  it("is not needed: :memory: keeps everything until it is closed", async () => {
    const [one, two] = [await openSqlite(":memory:"), await openSqlite(":memory:")];
    const run = await started(one, newRun(newProject()));
    expect(await one.runs.get(run.id)).toEqual(run);
    expect(await two.runs.get(run.id)).toBeNull();
    await one.close();
    await two.close();
  });
});

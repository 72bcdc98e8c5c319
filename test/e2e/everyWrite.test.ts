// The short form of `npm run torture -- --every-write`: the real process dies at a few of the writes of a run, on both
// databases.
import { expect, it } from "vitest";
import { startPostgres } from "../../tools/postgres/postgres.ts";
import { dieAtEveryWrite } from "../../tools/torture/everyWrite.ts";

it.each([
  ["SQLite", [1, 5]],
  ["PostgreSQL", [2, 5]],
] as const)("a server on %s that is killed at a write loses nothing, and does nothing twice", async (store, writes) => {
  const lines: string[] = [];
  const postgres = store === "PostgreSQL" ? await startPostgres({ durable: true }) : undefined;
  const options = { writes, log: (line: string) => void lines.push(line) };
  try {
    const database = postgres === undefined ? {} : { database: postgres.url };
    expect(await dieAtEveryWrite({ ...options, ...database }), lines.join("\n")).toEqual([]);
    // The number of writes of a run varies a little, because several events may be written together.
    expect(lines.filter((line) => line.includes("died")).length).toBeGreaterThanOrEqual(3);
  } finally {
    await postgres?.stop();
  }
});

// The short form of `npm run torture -- --every-write`: a few of the writes of a run, at which the real process dies, on both databases.
import { expect, it } from "vitest";
import { startPostgres } from "../../tools/postgres/postgres.ts";
import { dieAtEveryWrite } from "../../tools/torture/everyWrite.ts";

it.each([
  ["SQLite", [1, 6]],
  ["PostgreSQL", [2, 9]],
] as const)("a server on %s that is killed at a write loses nothing, and does nothing twice", async (store, writes) => {
  const lines: string[] = [];
  const postgres = store === "PostgreSQL" ? await startPostgres({ durable: true }) : undefined;
  const options = { writes, log: (line: string) => void lines.push(line) };
  try {
    const database = postgres === undefined ? {} : { database: postgres.url };
    expect(await dieAtEveryWrite({ ...options, ...database }), lines.join("\n")).toEqual([]);
    expect(lines.filter((line) => line.includes("died"))).toHaveLength(4);
  } finally {
    await postgres?.stop();
  }
});

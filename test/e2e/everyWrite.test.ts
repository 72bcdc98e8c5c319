// The short form of `npm run torture -- --every-write`: a few of the writes of a run, at which the real process dies, on both databases.
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
    // How many writes a run takes differs a little: what is told may come together.
    expect(lines.filter((line) => line.includes("died")).length).toBeGreaterThanOrEqual(3);
  } finally {
    await postgres?.stop();
  }
});

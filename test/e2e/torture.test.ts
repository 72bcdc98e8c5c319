// The short form of `npm run torture`, with the processes of two servers, real faults and the same judge. People run
// the long form.
import { describe, expect, it } from "vitest";
import { type TortureOptions, torture } from "../../tools/torture/run.ts";

const FORMS = [
  ["many processes on PostgreSQL", { store: "postgres", cluster: "kubernetes", seconds: 25 }],
  ["one process on SQLite", { store: "sqlite", cluster: "sandbox", seconds: 8 }],
] as const satisfies readonly (readonly [string, Pick<TortureOptions, "store" | "cluster" | "seconds">])[];

describe("whatever happens to them", () => {
  it.each(FORMS)(
    "%s lose nothing, do nothing twice, and settle every run with a reason",
    async (_name, form) => {
      const lines: string[] = [];
      const log = (line: string): void => void lines.push(line);
      const told = await torture({ ...form, seed: 5, apis: 1, workers: 2, users: 4, log });
      expect(told.broken, lines.join("\n")).toEqual([]);
      expect(told.runs).toBeGreaterThan(0);
      expect(told.held).toBeGreaterThan(0);
      expect(told.acts.length).toBeGreaterThan(0);
    },
    240_000,
  );
});

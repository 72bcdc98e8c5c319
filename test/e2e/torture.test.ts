// The short form of `npm run torture`: two servers' worth of processes, real faults, and the same judge. The long form is for people.
import { describe, expect, it } from "vitest";
import { torture } from "../../tools/torture/run.ts";

describe("many processes, whatever happens to them", () => {
  it("lose nothing, do nothing twice, and settle every run with a reason", async () => {
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const told = await torture({ seconds: 35, seed: 5, apis: 1, workers: 2, users: 3, log });
    expect(told.broken, lines.join("\n")).toEqual([]);
    expect(told.runs).toBeGreaterThan(0);
    expect(told.acts.length).toBeGreaterThan(1);
  }, 240_000);
});

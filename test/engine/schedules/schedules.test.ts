// Random schedules of runs, crashes and user actions, in virtual time. This is the short form; bench/schedules.ts plays
// ten thousand.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anySchedule, playSchedule } from "../support/schedules.ts";

describe("runs that share locks, whatever their jobs, people and processes do", () => {
  it("all end with a reason; no job is lost, none is done twice, and no lock has two holders", async () => {
    await fc.assert(
      fc.asyncProperty(anySchedule, async (schedule) => {
        expect(await playSchedule(schedule)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

// The short form; the long one, of ten thousand, is bench/schedules.ts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anySchedule, playSchedule } from "../support/schedules.ts";

describe("runs that share locks, whatever their jobs, people and processes do", () => {
  it("all settle with a reason; none is lost, none is done twice, no lock has two holders", async () => {
    await fc.assert(
      fc.asyncProperty(anySchedule, async (schedule) => {
        expect(await playSchedule(schedule)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

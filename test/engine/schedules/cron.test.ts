// The next times of schedules, in all time zones, compared with a model that walks through the minutes.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextTime } from "../../../src/engine/schedules/cron.ts";
import { MINUTE, minutesOf, naiveTimes } from "../support/naiveTimes.ts";

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONES = [...Intl.supportedValuesOf("timeZone"), "UTC", "Antarctica/Troll", "Australia/Lord_Howe"];
const SEED = 20_270_403;

const number = (least: number, most: number) => fc.integer({ min: least, max: most }).map(String);
const field = (least: number, most: number, steps: readonly number[]) =>
  fc.oneof(
    fc.constant("*"),
    number(least, most),
    fc.constantFrom(...steps).map((step) => `*/${step}`),
    fc.tuple(number(least, most), number(least, most)).map(([one, other]) => `${one},${other}`),
    fc
      .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
      .map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
  );
const often = fc.constantFrom(
  "0 3 * * *",
  "15 2 * * *",
  "30 2 * * *",
  "0 * * * *",
  "*/15 * * * *",
  "0 0 * * *",
  "*/20 1-3 * * *",
);
const anyCron = fc.oneof(
  often,
  fc
    .tuple(field(0, 59, [7, 20, 30]), field(0, 23, [2, 6]), field(1, 31, [2]), fc.constant("*"), field(0, 6, [2]))
    .map((fields) => fields.join(" ")),
);

/**
 * The moments of that year at which the clock of the zone is changed. When it never is, an arbitrary moment of the
 * year.
 */
function changesOf(timeZone: string, year: number): readonly number[] {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const offset = (at: number) => format.format(at).split("GMT")[1];
  const found: number[] = [];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year, 11, 28); at += 14 * DAY) {
    if (offset(at) === offset(at + 14 * DAY)) continue;
    let [before, after] = [at, at + 14 * DAY];
    while (after - before > MINUTE) {
      const middle = Math.floor((before + after) / 2 / MINUTE) * MINUTE;
      if (offset(middle) === offset(before)) before = middle;
      else after = middle;
    }
    found.push(after);
  }
  return found.length > 0 ? found : [Date.UTC(year, 5, 15, 12)];
}

function timesAfter(cron: string, zone: string, { since, until }: { readonly since: number; readonly until: number }) {
  const found: string[] = [];
  let at = nextTime(cron, zone, new Date(since));
  for (; at.getTime() < until && found.length < 8; at = nextTime(cron, zone, at)) found.push(at.toISOString());
  return found;
}

describe("the times of a schedule", () => {
  it("are the local times, in every time zone, around every change of its clock", () => {
    const samples = { seed: SEED, numRuns: ZONES.length };
    const crons = fc.sample(fc.tuple(anyCron, anyCron), samples);
    const years = fc.sample(fc.integer({ min: 2020, max: 2045 }), samples);
    const starts = fc.sample(fc.integer({ min: -150, max: 60 }), samples);
    for (const [index, zone] of ZONES.entries())
      for (const change of changesOf(zone, years[index] ?? 2026)) {
        const since = change + (starts[index] ?? 0) * MINUTE;
        const until = change + 25 * HOUR;
        const minutes = minutesOf(zone, since - 3 * HOUR, until);
        for (const cron of [...(crons[index] ?? []), "15 2 * * *"])
          expect({ zone, cron, times: timesAfter(cron, zone, { since, until }) }).toEqual({
            zone,
            cron,
            times: naiveTimes(cron, minutes, since).slice(0, 8),
          });
      }
  }, 120_000);

  it("continue when clocks are changed by half an hour, and come once when they are changed by two hours", () => {
    for (const zone of ["Australia/Lord_Howe", "Antarctica/Troll", "Europe/Berlin", "America/New_York"])
      for (const cron of ["15 2 * * *", "0 3 * * *"]) {
        const days = new Set<string>();
        let at = new Date("2027-01-01T12:00:00Z");
        for (let count = 0; count < 400; count++) {
          at = nextTime(cron, zone, at);
          days.add(at.toLocaleDateString("sv-SE", { timeZone: zone }));
        }
        expect({ zone, cron, days: days.size }).toEqual({ zone, cron, days: 400 });
      }
  });

  it("are found over a day that a country left out, and for a day that only comes after eight years", () => {
    const next = (cron: string, zone: string, after: string) => nextTime(cron, zone, new Date(after)).toISOString();
    // Samoa went from the 29th to the 31st of December 2011.
    expect(next("0 12 30 12 *", "Pacific/Apia", "2011-12-29T12:00:00Z")).toBe("2011-12-30T10:00:00.000Z");
    expect(next("0 12 29 2 *", "UTC", "2096-03-01T00:00:00Z")).toBe("2104-02-29T12:00:00.000Z");
  });

  it("are an error when there are none", () => {
    expect(() => nextTime("0 0 * * *", "Mars/Olympus", new Date(0))).toThrow("not a time zone");
    expect(() => nextTime("0 0 30 2 *", "UTC", new Date(0))).toThrow("never runs");
  });
});

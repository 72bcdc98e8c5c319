// Tests the small grammars of documents: quantities, durations, names and pointers.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/model/data/json.ts";
import { fromPointer, toPointer } from "../../src/model/data/pointer.ts";
import { fill } from "../../src/model/data/text.ts";
import { VERSION } from "../../src/model/data/version.ts";
import { formatDuration, parseDuration } from "../../src/model/document/duration.ts";
import { type Health, type HealthState, worst } from "../../src/model/kubernetes/health.ts";
import { COMPONENT_NAME_MAX, isComponentName, nearest, suggestName } from "../../src/model/kubernetes/name.ts";
import { equalQuantity, parseQuantity, storageSize } from "../../src/model/kubernetes/quantity.ts";
import { REASONS, type ReasonCode, reason } from "../../src/model/reasons/reason.ts";
import { DECIDING, isFailure, isSettled, mayBecome, PHASE_NAMES, PHASES } from "../../src/model/run/phase.ts";
import { UNFINISHED, UNFINISHED_STATES } from "../../src/model/run/runState.ts";

describe("quantities", () => {
  it.each([
    ["500m", 0.5],
    ["2", 2],
    [2, 2],
    ["1Gi", 2 ** 30],
    ["1e3", 1_000],
    ["0.5", 0.5],
    ["1.5Gi", 1.5 * 2 ** 30],
    [".5", 0.5],
  ])("%s is %d", (text, value) => expect(parseQuantity(text)).toBeCloseTo(value, 9));

  it.each(["", "Gi", "1 Gi", "1gi", "1.2.3", "0x10", "1kk", "NaN", "--1"])("%j is none", (text) =>
    expect(parseQuantity(text)).toBeUndefined(),
  );

  it("take a bare number for gibibytes only where storage is meant", () => {
    expect([storageSize("20"), storageSize(20), storageSize("20Mi"), storageSize("1.5")]).toEqual([
      "20Gi",
      "20Gi",
      "20Mi",
      "1.5Gi",
    ]);
    expect(equalQuantity("1000m", "1")).toBe(true);
    expect(equalQuantity("1Gi", "1G")).toBe(false);
  });
});

describe("durations", () => {
  it.each([
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["250ms", 250],
    ["10", 10_000],
    [1.5, 1_500],
    ["2d", 172_800_000],
  ])("%s", (text, value) => expect(parseDuration(text)).toBe(value));

  it.each(["", "1x", "-5s", "5 s", "s", "1h30", "36526d", "9".repeat(400)])("%j is none", (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );

  it("are said in two units at most, and never as 60 seconds", () => {
    expect([850, 41_000, 72_000, 7_500_000, 59_700].map(formatDuration)).toEqual([
      "850ms",
      "41s",
      "1m12s",
      "2h05m",
      "1m00s",
    ]);
    const form = /^\d+(ms|s|m\d\ds|h\d\dm|d\d\dh)$/;
    fc.assert(fc.property(fc.nat(10 ** 9), (value) => form.test(formatDuration(value))));
  });
});

describe("names", () => {
  it("that are suggested are valid", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const suggestion = suggestName(text);
        expect(suggestion === undefined || isComponentName(suggestion)).toBe(true);
      }),
    );
    expect(isComponentName("a".repeat(COMPONENT_NAME_MAX + 1))).toBe(false);
  });

  it("find the nearest, when it is near enough to be meant", () => {
    expect(nearest("webservce", ["webservice", "worker"])).toBe("webservice");
    expect(nearest("zzz", ["webservice", "worker"])).toBeUndefined();
  });
});

describe("pointers and canonical JSON", () => {
  it("go there and back", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (path) => {
        expect(fromPointer(toPointer(path))).toEqual(path);
      }),
    );
  });

  it("do not depend on the order of keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      }),
    );
  });
});

describe("the worst of several", () => {
  const health = (state: HealthState, code: ReasonCode, ...texts: readonly string[]): Health => ({
    state,
    reason: reason(code),
    evidence: texts.map((text) => ({ source: "event" as const, object: "Pod/a", text })),
  });

  it("is the worst state; among equals the one that says why, and never a Service's missing endpoints before its pods", () => {
    const silent = health("progressing", "EndpointsPending");
    const counting = health("progressing", "Progressing");
    const telling = health("progressing", "NotReady", "Unhealthy: refused");
    expect(worst([silent, counting, telling])).toBe(telling);
    expect(worst([silent, counting])).toBe(counting);
    expect(worst([telling, health("blocked", "Unschedulable")])?.state).toBe("blocked");
    expect(worst([])).toBeUndefined();
  });
});

describe("closed tables", () => {
  it("lead every phase to an end, and nowhere from there", () => {
    for (const phase of PHASE_NAMES) expect(isSettled(phase)).toBe(PHASES[phase].next.length === 0);
    expect(mayBecome("running", "waiting")).toBe(false);
  });

  it("are in the guide, with the word of the API beside each", () => {
    for (const language of ["en", "zh"] as const) {
      const page = readFileSync(join(import.meta.dirname, `../../docs/guide/${language}/06-failures.md`), "utf8");
      for (const phase of PHASE_NAMES)
        expect(page).toContain(`| ${PHASES[phase].glyph} | ${PHASES[phase].text[language]} | \`${phase}\` |`);
      for (const state of UNFINISHED_STATES) {
        const { glyph, text, means } = UNFINISHED[state];
        expect(page).toContain(`| ${glyph} | ${text[language]} | \`${state}\` | ${means[language]} |`);
      }
    }
  });

  it("let every failure of a job decide how its run ends, and nothing that goes on", () => {
    for (const phase of PHASE_NAMES) if (isFailure(phase)) expect(DECIDING).toContain(phase);
    expect(DECIDING.every(isSettled)).toBe(true);
    expect(DECIDING).toEqual(DECIDING.toSorted((a, b) => PHASES[a].verdict - PHASES[b].verdict));
    expect(new Set(PHASE_NAMES.map((phase) => PHASES[phase].fold)).size).toBe(PHASE_NAMES.length);
    const worst = Math.min(...PHASE_NAMES.filter(isFailure).map((phase) => PHASES[phase].fold));
    for (const phase of PHASE_NAMES) if (!isFailure(phase)) expect(PHASES[phase].fold + 0.5).toBeLessThan(worst);
  });

  it("say every reason in both languages, with the same parameters", () => {
    const names = (template: string): string[] =>
      [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();
    for (const [code, { text }] of Object.entries(REASONS))
      expect([code, names(text.zh)]).toEqual([code, names(text.en)]);
    expect(fill("{a} of {b}", { a: 1 })).toBe("1 of {b}");
  });

  it("name the version that package.json names", () => {
    const manifest = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../package.json"), "utf8")) as {
      version: string;
    }; // a file of this repository
    expect(VERSION).toBe(manifest.version);
  });
});

// Conditions: a condition is read as it is written and printed as it is read, and it never reaches anything but data.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/model/data/json.ts";
import type { ComparisonOperator, Condition, Operand } from "../../../../src/model/document/condition.ts";
import { evaluate } from "../../../../src/plan/workflow/conditions/evaluate.ts";
import { mapCondition, pointersIn } from "../../../../src/plan/workflow/conditions/mapCondition.ts";
import { parseCondition } from "../../../../src/plan/workflow/conditions/parseCondition.ts";
import { printCondition, printDecided } from "../../../../src/plan/workflow/conditions/printCondition.ts";
import { lookUp } from "../../../../src/plan/workflow/steps/lookUp.ts";

const context: Json = {
  run: { id: "r1", revision: 3 },
  inputs: { stage: "production", count: 0, list: [1, { a: 2 }], none: null },
  steps: { train: { phase: "succeeded", outputs: { accuracy: 0.93, "a/b": true, text: "it's" } } },
};

function holds(text: string): boolean {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(`${text}: at ${parsed.at} expected ${parsed.expected}, found ${parsed.found}`);
  return evaluate(parsed.condition, context);
}

describe("conditions hold", () => {
  it.each([
    "/steps/train/outputs/accuracy >= 0.9",
    "steps.train.outputs.accuracy > 0.9 && inputs.stage == 'production'",
    'inputs.stage == "production"',
    "/inputs/count == 0 || /nothing",
    "!/inputs/count",
    "!(/inputs/count != 0)",
    "!!/inputs/stage",
    "/inputs/list/1/a < 3",
    "/steps/train/outputs/a~1b",
    "/steps/train/outputs/text == 'it\\'s'",
    "/steps/train/phase != 'failed'",
    "/inputs/none == null",
    "'a' < 'b'",
    "true && (false || 1)",
    "-1.5e2 == -150",
    "/inputs/none != 'x'",
    "/inputs/count != '0'",
    "/nothing == 1 || /inputs/count == 0",
    "!(/nothing && false)",
  ])("%s", (text) => {
    expect(holds(text)).toBe(true);
  });
});

describe("conditions do not hold", () => {
  it.each([
    "/steps/missing/outputs/x == null",
    "/steps/missing/outputs/x != null",
    "/steps/missing/outputs/x != 'v'",
    "/steps/missing/outputs/x != /steps/missing/outputs/y",
    "/steps/missing/phase != 'failed'",
    "!(/steps/missing/outputs/x == 'v')",
    "!/steps/missing/outputs/x",
    "!(/steps/missing/outputs/x && true)",
    "!(/inputs/count < 'a')",
    "/nothing != 1 && /inputs/count == 0",
    "/steps/missing/outputs/x < 1",
    "/steps/missing/outputs/x >= 1",
    "/inputs/count == '0'",
    "/inputs/count == false",
    "/inputs/count < 'a'",
    "/inputs/stage > 1",
    "/steps/train/outputs/accuracy > 0.9 && /inputs/none",
    "/inputs/constructor",
    "/inputs/__proto__",
    "/inputs/toString/name == 'toString'",
    "/inputs/list/length == 2",
    "/inputs/stage/length > 0",
  ])("%s", (text) => {
    expect(holds(text)).toBe(false);
  });
});

describe("why a condition does not hold", () => {
  it.each([
    [
      "/inputs/stage == 'test' && /inputs/count",
      '(/inputs/stage == "test") && /inputs/count (/inputs/stage = "production", /inputs/count = 0)',
    ],
    ["/steps/scan/outputs/found != 'v'", '/steps/scan/outputs/found != "v" (/steps/scan/outputs/found = <none>)'],
    ["1 > 2", "1 > 2"],
  ])("is said with the names and their values: %s", (text, said) => {
    const parsed = parseCondition(text);
    expect(parsed.ok && printDecided(parsed.condition, context)).toBe(said);
  });

  it("names what the plan filled in", () => {
    const condition: Condition = {
      compare: "==",
      left: { value: "test", from: "/inputs/stage" },
      right: { value: "prod" },
    };
    expect(printDecided(condition, {})).toBe('/inputs/stage == "prod" (/inputs/stage = "test")');
    expect(printCondition(condition)).toBe('/inputs/stage == "prod"');
  });
});

describe("an invalid condition is reported with its position", () => {
  it.each([
    ["", 0, "the end"],
    ["   ", 3, "the end"],
    ["/a ==", 5, "the end"],
    ["/a = 1", 3, '"= 1"'],
    ["/a == 1 /b", 8, '"/b"'],
    ["(/a", 3, "the end"],
    ["/a)", 2, '")"'],
    ["!/a == 1", 4, '"== 1"'],
    ["/a & /b", 3, '"& /b"'],
    ["'open", 0, '"\'open"'],
    ["accuracy > 1", 0, '"accuracy > 1"'],
    ["steps.train.", 0, '"steps.train."'],
    ["/a == 1.2.3", 6, '"1.2.3"'],
    ["/a == 1e999", 6, '"1e999"'],
    ["process.exit(1)", 0, '"process.exit(1)"'],
    ["1 < 2 < 3", 6, '"< 3"'],
  ])("%s", (text, at, found) => {
    expect(parseCondition(text)).toMatchObject({ ok: false, at, found });
  });

  it("however deep or long", () => {
    expect(parseCondition(`${"(".repeat(3_000)}1${")".repeat(900)}`)).toMatchObject({ ok: false });
    expect(parseCondition("!".repeat(3_000))).toMatchObject({ ok: false });
    expect(parseCondition("1 && ".repeat(5_000))).toMatchObject({ ok: false });
  });
});

const key = fc.stringMatching(/^[a-z0-9_[\].~@:-]{1,8}$/).map((text) => text.replaceAll("~", "~0"));
const pointer = fc.array(key, { minLength: 1, maxLength: 4 }).map((keys) => `/${keys.join("/")}`);
const literal = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.boolean(),
  fc.constant(null),
);
const operand: fc.Arbitrary<Operand> = fc.oneof(
  pointer.map((one) => ({ pointer: one })),
  literal.map((value) => ({ value })),
);
const { condition } = fc.letrec<{ condition: Condition }>((tie) => {
  const several = fc.array(tie("condition"), { minLength: 2, maxLength: 3 });
  return {
    condition: fc.oneof(
      { maxDepth: 4 },
      operand.map((truthy) => ({ truthy })),
      fc
        .tuple(fc.constantFrom<ComparisonOperator>("==", "!=", "<", "<=", ">", ">="), operand, operand)
        .map(([compare, left, right]) => ({ compare, left, right })),
      several.map((all) => ({ all })),
      several.map((any) => ({ any })),
      tie("condition").map((not) => ({ not })),
    ),
  };
});

describe("conditions", () => {
  it("are read again as they were printed", () => {
    fc.assert(
      fc.property(condition, (value) => {
        expect(parseCondition(printCondition(value))).toEqual({ ok: true, condition: value });
      }),
    );
  });

  it("never throw, whatever the text and whatever they look at", () => {
    const words = fc.array(
      fc.constantFrom("/a", "steps.x", "==", "!", "(", ")", "&&", "||", "'", '"', "\\", "1", "-", "true", " ", "<"),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          words.map((all) => all.join("")),
        ),
        fc.jsonValue(),
        (text, data) => {
          const parsed = parseCondition(text);
          if (!parsed.ok) expect(parsed.at).toBeLessThanOrEqual(text.length);
          else expect(typeof evaluate(parsed.condition, data as Json)).toBe("boolean");
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("are never true because of missing values: without data, only conditions that literals decide are true", () => {
    fc.assert(
      fc.property(condition, (value) => {
        if (!evaluate(value, {})) return;
        // The same evaluation with every pointer replaced by any data that is possible.
        for (const filler of [null, true, 0, "x", [1]])
          expect(
            evaluate(
              mapCondition(value, (one) => ("pointer" in one ? { value: filler } : one)),
              {},
            ),
          ).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("are never true when they look only at missing values", () => {
    const { looking } = fc.letrec<{ looking: Condition }>((tie) => {
      const several = fc.array(tie("looking"), { minLength: 1, maxLength: 3 });
      const missing = pointer.map((one) => ({ pointer: one }));
      const words = fc.constantFrom<ComparisonOperator>("==", "!=", "<", "<=", ">", ">=");
      return {
        looking: fc.oneof(
          { maxDepth: 4 },
          missing.map((truthy) => ({ truthy })),
          fc.tuple(words, missing, operand).map(([compare, left, right]) => ({ compare, left, right })),
          several.map((all) => ({ all })),
          several.map((any) => ({ any })),
          tie("looking").map((not) => ({ not })),
        ),
      };
    });
    fc.assert(
      fc.property(looking, (value) => {
        expect(evaluate(value, {})).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it("reach only own members of data", () => {
    const names = fc.constantFrom("constructor", "__proto__", "prototype", "length", "toString", "hasOwnProperty", "a");
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(names, { minLength: 1, maxLength: 4 }), (data, path) => {
        const found = lookUp(data, `/${path.join("/")}`);
        if (found !== undefined) expect(JSON.stringify(data)).toContain(JSON.stringify(found));
      }),
    );
  });

  it("name what they look at", () => {
    const parsed = parseCondition("/a == 1 && !(steps.b.phase == /a)");
    expect(parsed.ok && pointersIn(parsed.condition)).toEqual(["/a", "/steps/b/phase"]);
  });
});

describe("a number of a condition", () => {
  it("that cannot be represented exactly is refused at its position: it would be compared as another number", () => {
    expect(parseCondition("/inputs/count == 9007199254740993")).toMatchObject({ ok: false, at: 17 });
    expect(parseCondition("/inputs/count == 9007199254740992").ok).toBe(true);
  });
});

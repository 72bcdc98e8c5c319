import { describe, expect, it } from "vitest";
import { explainProblem } from "../../../src/model/problems/problem.ts";
import { readDocument } from "../../../src/plan/read/read.ts";

type Format = "json" | "yaml" | "auto";

function faults(text: string, format: Format = "auto"): string[] {
  const read = readDocument(text, format);
  if (read.ok) return [];
  return read.problems.map((one) => `${one.line}:${one.column} ${one.params["detail"] ?? one.code}`);
}

function value(text: string, format: Format = "auto"): unknown {
  const read = readDocument(text, format);
  return read.ok ? read.value : read.problems;
}

describe("JSON", () => {
  it.each([
    ['{"a": 1,}', "1:9 TrailingComma"],
    ['{"a" 1}', "1:6 Expected"],
    ['{"a": tru}', "1:7 ExpectedValue"],
    ['{"a": 01}', "1:7 ExpectedValue"],
    ['{"a": 1', "1:8 EndsEarly"],
    ['{"a": 1} x', "1:10 ExpectedEnd"],
    ['{"a": "x\ny"}', "1:9 ControlCharacter"],
    ['{"a": "\\x"}', "1:8 BadEscape"],
    ['{\n  "a": "x', "2:8 OpenString"],
    ['{"a": 1e999}', "1:7 NotFinite"],
    ['{"a": [1, 9007199254740993]}', "1:11 NotExact"],
    ['{ // note\n"a": 1}', "1:3 JsonComment"],
    ["{a: 1}", "1:2 ExpectedKey"],
    ["", "1:1 Empty"],
  ])("%j -> %s", (text, expected) => {
    expect(faults(text, "json")).toEqual([expected]);
  });

  it("reports what was expected, in both languages", () => {
    const read = readDocument('{"a": [1 2]}', "json");
    const first = read.ok ? undefined : read.problems[0];
    expect(first && explainProblem(first, "en").message).toBe("not valid JSON: expected ',' / ']', found '2'");
    expect(first && explainProblem(first, "zh").message).toBe("不是合法的 JSON：此处应为 ',' / ']'，实际为 '2'");
    expect(first?.pointer).toBe("/a");
  });

  it("finds every key that is written twice, at the second place, also when written with escapes", () => {
    const text = '{"a": 1, "b": {"x": 1,\n "x": 2}, "\\u0061": 3}';
    expect(faults(text, "json")).toEqual(["2:2 DuplicateKey", "2:11 DuplicateKey"]);
  });

  it("locates keys and items", () => {
    const read = readDocument('{\n  "a": [1,\n    {"b/c": 2}]}', "json");
    expect(read.ok && [read.locate("/a"), read.locate("/a/1"), read.locate("/a/1/b~1c"), read.locate("/x")]).toEqual([
      { line: 2, column: 3 },
      { line: 3, column: 5 },
      { line: 3, column: 6 },
      undefined,
    ]);
  });
});

describe("YAML", () => {
  it("is 1.2 core: yes is text, octal is 0o, keys are text", () => {
    expect(value("a: yes\nb: 010\nc: 0o10\nd: ~\ne: true\n8080: x\n")).toEqual({
      a: "yes",
      b: 10,
      c: 8,
      d: null,
      e: true,
      "8080": "x",
    });
    expect(value("%YAML 1.1\n---\na: yes\n")).toEqual({ a: "yes" });
  });

  it.each([
    ["a: 1\n---\nb: 2\n", ["2:1 MultipleDocuments"]],
    ["a: !custom 1\n", ["1:4 CustomTag"]],
    ["x: &x {a: 1}\ny:\n  <<: *x\n", ["3:3 MergeKey"]],
    ["a: *nowhere\n", ["1:4 UnknownAlias"]],
    ["a: &a [*a]\n", ["1:8 CircularAlias"]],
    ["a: .inf\n", ["1:4 NotFinite"]],
    ["a: 12345678901234567890\n", ["1:4 NotExact"]],
    ["a: 1\nb:\n  c: 1\n  c: 2\na: 3\n", ["4:3 DuplicateKey", "5:1 DuplicateKey"]],
    ["? [a]\n: 1\n", ["1:3 KeyNotText"]],
    ["a:\n\t- b\n", ["2:1 Tab"]],
    ["a: b: c\n", ["1:4 NestedOnOneLine"]],
    ["# nothing\n", ["1:1 Empty"]],
    ["---\n", ["1:1 Empty"]],
    ["- a\n", ["1:1 Type"]],
    ["hello", ["1:1 Type"]],
    ["a: }\n", ["1:4 Unexpected"]],
  ])("%j -> %j", (text, expected) => {
    expect(faults(text, "yaml")).toEqual(expected);
  });

  it("reports several faults together", () => {
    expect(faults('a: "\\q"\nb: !x 1\nc: *y\nd: [1, 2\n').length).toBeGreaterThanOrEqual(3);
  });

  it("expands aliases that stay small and refuses those that explode", () => {
    expect(value("a: &x [1]\nb: *x\nc: *x\n")).toEqual({ a: [1], b: [1], c: [1] });
    const bomb = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"];
    for (let level = 1; level < 10; level++) bomb.push(`a${level}: &a${level} [${`*a${level - 1},`.repeat(10)}]`);
    expect(faults(bomb.join("\n"))).toEqual([expect.stringContaining("AliasBomb")]);
  });

  it("shows a problem inside an alias at the alias, and keys at the key", () => {
    const read = readDocument("a: &x\n  b: 1\nc: *x\n", "yaml");
    expect(read.ok && [read.locate("/a/b"), read.locate("/c")]).toEqual([
      { line: 2, column: 3 },
      { line: 3, column: 1 },
    ]);
  });
});

describe("both", () => {
  it("tolerates a byte order mark and guesses the format", () => {
    expect(value('\uFEFF{"a": 1}')).toEqual({ a: 1 });
    expect(value("\uFEFFa: 1")).toEqual({ a: 1 });
    expect(value("{a: 1}")).toEqual({ a: 1 });
    expect(faults('{"a": 1,}')).toEqual(["1:9 TrailingComma"]);
  });

  it("keeps __proto__ an ordinary field", () => {
    for (const text of ['{"__proto__": {"polluted": true}}', "__proto__: {polluted: true}\n"]) {
      const read = readDocument(text, "auto");
      expect(read.ok && Object.keys(read.value)).toEqual(["__proto__"]);
      expect(read.ok && Reflect.get(read.value, "polluted")).toBeUndefined();
    }
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it.each([
    ["10 MB", "x".repeat(10_000_000), "TooLarge"],
    ["deep JSON lists", "[".repeat(100_000), "TooDeep"],
    ["deep JSON objects", '{"a":'.repeat(100_000), "TooDeep"],
    ["deep YAML lists", "- ".repeat(100_000), "TooDeep"],
    ["deep YAML brackets", `a: ${"[".repeat(100_000)}`, "TooDeep"],
    ["deep YAML blocks", Array.from({ length: 1_000 }, (_, depth) => `${" ".repeat(depth)}a:\n`).join(""), "TooDeep"],
    ["millions of brackets", "}".repeat(4_000_000), "Unexpected"],
    ["millions of comments", "#\n".repeat(2_000_000), "TooManyValues"],
    ["millions of numbers", `{"a":[${"1,".repeat(1_900_000)}1]}`, "TooManyValues"],
  ])("refuses %s at once", (_name, text, code) => {
    const read = readDocument(text, "auto");
    const first = read.ok ? undefined : read.problems[0];
    expect(first?.params["detail"] ?? first?.code).toBe(code);
  });

  it("allows exactly the limit of depth, in both formats", () => {
    const nested = (levels: number): string => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
    for (const format of ["json", "yaml"] as const) {
      expect(faults(nested(64), format)).toEqual([]);
      expect(faults(nested(65), format)).toEqual([expect.stringContaining("TooDeep")]);
    }
  });
});

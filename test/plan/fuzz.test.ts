// Any text or JSON gets an answer and never an exception, and every problem points at something that a user can find.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/model/data/json.ts";
import { fromPointer } from "../../src/model/data/pointer.ts";
import { explainProblem, hasErrors, type Problem } from "../../src/model/problems/problem.ts";
import { checkDocument } from "../../src/plan/check/check.ts";
import { withPositions } from "../../src/plan/read/locate.ts";
import { readDocument } from "../../src/plan/read/read.ts";
import { documentSchema } from "../../src/plan/schema/schema.ts";
import { catalog } from "./fixtures.ts";

const VALID = {
  apiVersion: "kubemin.dev/v1",
  name: "shop",
  components: [
    {
      name: "web",
      type: "web",
      properties: {
        image: "nginx",
        port: 80,
        env: { A: { secret: "key" } },
        from: [{ component: "db", output: "host" }],
      },
      traits: { volumes: [{ type: "disk", size: "1Gi", path: "/a" }], pull: { password: "password" } },
      dependsOn: ["db"],
      timeout: "1m",
      retry: { attempts: 2, backoff: "1s" },
    },
    { name: "db", type: "web", properties: { image: "redis", port: 6379 } },
    { name: "key", type: "secret", properties: { data: { a: "only" } } },
  ],
};
const YAML = `name: shop
components:
  - name: web
    type: web   # a comment
    properties: &p {image: "nginx:1", port: 80}
    traits:
      volumes:
        - {type: disk, size: '1Gi', path: /a}
  - name: db
    type: web
    properties: *p
  - name: text
    type: config
    properties:
      data:
        file: |
          line one
            line two
`;

function expectAnswer(value: Json): void {
  const { problems, application } = checkDocument(value, catalog);
  expect(application === null).toBe(hasErrors(problems));
  for (const one of problems) expectSense(one, value);
}

function expectSense(one: Problem, value: Json): void {
  let current: unknown = value;
  for (const key of fromPointer(one.pointer).slice(0, -1)) {
    expect(typeof current === "object" && current !== null && Object.hasOwn(current, key), one.pointer).toBe(true);
    current = Reflect.get(Object(current), key);
  }
  for (const language of ["en", "zh"] as const) {
    const { message, hint = "" } = explainProblem(one, language);
    // Every placeholder of the sentence was filled.
    if (!JSON.stringify(one.params).includes("{")) expect(message + hint).not.toMatch(/\{\w+\}/);
  }
}

/** The document with one of its values replaced by any other value. */
function mutate(value: Json, path: readonly number[], replacement: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== "object" || value === null) return replacement;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return replacement;
  const inner = mutate((Reflect.get(value, key) ?? null) as Json, rest, replacement);
  if (Array.isArray(value)) return value.map((one: Json, index) => (String(index) === key ? inner : one));
  return { ...Object.fromEntries(Object.entries(value)), [key]: inner };
}

describe("fuzz", () => {
  it("any text is read or refused with a position", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({ unit: fc.constantFrom(..."{}[]:,-?&*!|>'\"%@`#~ \n\t\r\\ab<0.e+".split("")), maxLength: 60 }),
    );
    fc.assert(
      fc.property(text, fc.constantFrom("json" as const, "yaml" as const, "auto" as const), (input, format) => {
        const read = readDocument(input, format);
        if (read.ok) return;
        expect(read.problems.length).toBeGreaterThan(0);
        expect(read.problems.every((one) => (one.line ?? 0) > 0 && (one.column ?? 0) > 0)).toBe(true);
        for (const one of read.problems)
          expect(explainProblem(one, "zh").message).not.toMatch(/\{(detail|found|expected)\}/);
      }),
      { numRuns: 3_000 },
    );
  });

  it("a damaged document still gets positions for all of its problems", () => {
    const cut = fc.tuple(fc.nat(YAML.length), fc.nat(10), fc.string({ maxLength: 5 }));
    fc.assert(
      fc.property(cut, ([at, length, insert]) => {
        const read = readDocument(YAML.slice(0, at) + insert + YAML.slice(at + length), "auto");
        if (!read.ok) return;
        expectAnswer(read.value);
        const placed = withPositions(checkDocument(read.value, catalog).problems, read.locate);
        expect(placed.every((one) => (one.line ?? 0) > 0)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("the JSON reader accepts what JSON.parse accepts, except for its limits", () => {
    const text = fc.oneof(
      fc.jsonValue().map((value) => JSON.stringify({ value })),
      fc
        .string({ unit: fc.constantFrom(...'{}[]:,"\\u0aetrufals1-.+ '.split("")), maxLength: 30 })
        .map((inner) => `{"value":${inner}}`),
    );
    fc.assert(
      fc.property(text, (input) => {
        const read = readDocument(input, "json");
        if (read.ok) expect(read.value).toEqual(JSON.parse(input));
        else if (
          read.problems.some(
            (one) => one.code === "Syntax" && !["NotFinite", "NotExact"].includes(String(one.params["detail"])),
          )
        ) {
          expect(() => JSON.parse(input) as unknown).toThrow(SyntaxError);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it("any JSON is answered", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expectAnswer(JSON.parse(JSON.stringify(value)) as Json)));
  });

  it("any damage to a valid document is answered", () => {
    const keys = fc.constantFrom("name", "type", "properties", "__proto__", "constructor", "a");
    const values = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("web", "db", "key", "secret"),
      fc.dictionary(keys, fc.jsonValue()),
    );
    fc.assert(
      fc.property(fc.array(fc.nat(8), { maxLength: 7 }), values, (path, replacement) => {
        // Converted through text, as documents arrive: without -0 and undefined.
        expectAnswer(JSON.parse(JSON.stringify(mutate(VALID, path, replacement))) as Json);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is a valid document to begin with", () => {
    expect(checkDocument(VALID, catalog).problems).toEqual([]);
    expect(documentSchema(catalog)["$id"]).toBeDefined();
  });
});

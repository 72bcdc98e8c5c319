// Tests schemas that would take too much time or memory: each is refused with its code, and other requests are not
// slowed down.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../src/model/data/json.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";
import { aDocument, newName } from "./documents.ts";
import { typeServer } from "./server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
const { refused, register, ask } = typeServer(() => server);

const many = (count: number, each: Json = { type: "integer" }): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, each]));
const objects = (count: number, each: number): JsonObject => many(count, { type: "object", properties: many(each) });
const nested = (depth: number): JsonObject =>
  depth === 0 ? { type: "string" } : { type: "object", properties: { x: nested(depth - 1) } };
const doubling: JsonObject = {
  $defs: {
    ...Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => {
        const next = { $ref: `#/$defs/d${index + 1}` };
        return [`d${index}`, { anyOf: [next, next] }];
      }),
    ),
    d30: { type: "string" },
  },
  properties: { x: { $ref: "#/$defs/d0" } },
};
const again = { type: "array", items: { $ref: "#/$defs/tree" } };

const TRAPS: readonly (readonly [what: string, schema: JsonObject, code: string])[] = [
  [
    "a pattern that explodes, without a length",
    { properties: { x: { type: "string", pattern: "^(a+)+$" } } },
    "SchemaPatternUnbounded",
  ],
  [
    "a pattern that only backtracking can match",
    { properties: { x: { pattern: "^(?=a)b", maxLength: 9 } } },
    "SchemaPattern",
  ],
  ["too many properties of one object", { type: "object", properties: many(201) }, "SchemaTooLarge"],
  ["too many properties in all", { type: "object", properties: objects(5, 120) }, "SchemaTooLarge"],
  ["five thousand properties", { type: "object", properties: many(5_000, true) }, "SchemaTooLarge"],
  ["more than 64 KB", { type: "object", description: "x".repeat(70_000) }, "SchemaTooLarge"],
  ["too many levels", nested(40), "TooDeep"],
  [
    "a reference to the metadata address",
    { properties: { x: { $ref: "http://169.254.169.254/latest" } } },
    "SchemaRemoteReference",
  ],
  ["a reference to a file", { properties: { x: { $ref: "file:///etc/passwd" } } }, "SchemaRemoteReference"],
  [
    "a dynamic reference elsewhere",
    { properties: { x: { $dynamicRef: "https://example.com/s" } } },
    "SchemaRemoteReference",
  ],
  ["alternatives that double", doubling, "SchemaBranches"],
  [
    "a definition that comes back twice",
    { $defs: { tree: { anyOf: [again, again] } }, $ref: "#/$defs/tree" },
    "SchemaEndless",
  ],
  ["unique items without an end", { properties: { x: { type: "array", uniqueItems: true } } }, "SchemaUniqueUnbounded"],
  ["a reference to itself", { $ref: "#" }, "SchemaCircular"],
  [
    "definitions that go round for one value",
    { properties: { x: { $ref: "#/$defs/a" } }, $defs: { a: { anyOf: [{ not: { $ref: "#/$defs/a" } }] } } },
    "SchemaCircular",
  ],
  ["an input that is no object", { type: "string" }, "SchemaNotObject"],
  [
    "a field that is no field everywhere",
    { type: "object", properties: JSON.parse('{"__proto__":{"type":"string"}}') as JsonObject },
    "SchemaKeyword",
  ],
  ["checks that answer later", { $async: true, type: "object" }, "SchemaKeyword"],
  ["something that is no schema", { type: "objekt" }, "SchemaInvalid"],
  ["another draft", { $schema: "http://json-schema.org/draft-04/schema#", type: "object" }, "SchemaInvalid"],
];

async function refusedIn(schema: JsonObject) {
  const began = performance.now();
  const answer = await refused(aDocument(newName(), { input: schema, examples: [] }));
  return { answer, took: performance.now() - began };
}

describe("a trap in a schema", () => {
  it.each(TRAPS)("%s is refused, within two seconds", async (_, schema, code) => {
    const { answer, took } = await refusedIn(schema);
    // A second try, in case the machine was busy: a check that is really too slow is slow every time.
    if (took >= 2_000) expect((await refusedIn(schema)).took).toBeLessThan(2_000);
    expect(answer).toMatchObject({ status: 422, code: "InvalidRegistration" });
    expect(answer.problems.map((one) => one.split(" ")[0])).toContain(code);
    expect(answer.problems.every((one) => one.split(" ")[1]?.startsWith("/spec/input"))).toBe(true);
  });

  it("is found in the output, too", async () => {
    const answer = await refused(aDocument(newName(), { output: doubling }));
    expect(answer.problems).toEqual(["SchemaBranches /spec/output"]);
    expect(answer.failed).toEqual(["schema-size"]);
  });

  it("holds up nobody: other requests are answered meanwhile", async () => {
    const traps = TRAPS.flatMap(([, schema]) => [schema, schema]);
    const asked = traps.map((input) => refused(aDocument(newName(), { input, examples: [] })));
    const done = Promise.all(asked).then(() => "done" as const);
    const turns: number[] = [];
    for (let state: "open" | "done" = "open"; state === "open"; ) {
      const began = performance.now();
      const turn = ask("/whoami").then(({ status }) => {
        expect(status).toBe(200);
        turns.push(performance.now() - began);
        return "open" as const;
      });
      state = await Promise.race([done, turn]);
    }
    expect(new Set((await Promise.all(asked)).map((one) => one.status))).toEqual(new Set([422]));
    expect(turns.length).toBeGreaterThan(2);
    expect(Math.max(...turns)).toBeLessThan(2_000);
  });

  it("is none where a schema is as large as it may be, and inputs are as deep as they can be", async () => {
    const name = newName();
    const tree = { type: ["array", "string"], items: { $ref: "#/$defs/tree" } };
    const input = {
      type: "object",
      properties: { ...objects(4, 100), tree: { $ref: "#/$defs/tree" } },
      $defs: { tree },
    };
    await register(
      aDocument(name, {
        input,
        examples: [{ title: "a", input: { tree: [["x"]] } }],
        runtime: { tier: "T1", image: "busybox:1.36" },
      }),
    );
    const deep = `${"[".repeat(20_000)}"x"${"]".repeat(20_000)}`;
    const answer = await server.request("/api/v1/projects/default/runs", {
      method: "POST",
      body: `{"type": "${name}", "input": {"tree": ${deep}}}`,
      headers: { "content-type": "application/json" },
    });
    expect(answer.status).toBe(422);
  });

  it("cannot be a text that takes for ever to match", async () => {
    const name = newName();
    const input = { type: "object", properties: { x: { type: "string", pattern: "^(a+)+$", maxLength: 40 } } };
    await register(aDocument(name, { input, examples: [], runtime: { tier: "T1", image: "busybox:1.36" } }));
    const answer = await ask("/projects/default/runs", { type: name, input: { x: `${"a".repeat(38)}!` } });
    expect(answer).toMatchObject({ status: 422, body: { problems: [{ pointer: "/input/x" }] } });
  });
});

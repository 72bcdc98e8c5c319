// Tests that each field of a registered schema is checked with its own pattern.
import { describe, expect, it } from "vitest";
import { createSchemas } from "../../../src/jobTypes/schemas/schemas.ts";

const pattern = (text: string) => ({ type: "string", pattern: text, maxLength: 20 });

describe("a schema with several patterns", () => {
  it("holds each field to its own", () => {
    const schema = { type: "object", properties: { number: pattern("^[0-9]+$"), word: pattern("^[a-z]+$") } };
    const schemas = createSchemas();
    expect(schemas.check(schema, { number: "12", word: "ab" })).toEqual([]);
    expect(schemas.check(schema, { number: "ab", word: "12" }).map((one) => one.pointer)).toEqual(["/number", "/word"]);
  });
});

// Converts zod's schemas to JSON Schema.
import { type ZodType, z } from "zod";
import type { JsonObject } from "../../model/data/json.ts";

/**
 * The schema of what a user may write, in which fields with defaults are optional. `explain` keeps the annotation `zh`;
 * `editor` drops it.
 */
export function jsonSchemaOf(schema: ZodType, reader: "editor" | "explain"): JsonObject {
  return made(schema, "input", reader === "editor");
}

/** The schema of what comes out, for results of job types. */
export function outputSchemaOf(schema: ZodType): JsonObject {
  return made(schema, "output", true);
}

function made(schema: ZodType, io: "input" | "output", plain: boolean): JsonObject {
  const json = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      if (plain) delete jsonSchema["zh"];
    },
  });
  return JSON.parse(JSON.stringify(json)) as JsonObject; // toJSONSchema returns an object; the round trip drops what is not JSON
}

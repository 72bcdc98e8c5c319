// zod's schemas as JSON Schema.
import { type ZodType, z } from "zod";
import type { JsonObject } from "../../model/data/json.ts";

/** What a user may write, defaults optional. `explain` keeps our own annotation `zh`; editors get the standard ones only. */
export function jsonSchemaOf(schema: ZodType, reader: "editor" | "explain"): JsonObject {
  return made(schema, "input", reader === "editor");
}

/** What comes out: of the results of job types. */
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
  return JSON.parse(JSON.stringify(json)) as JsonObject; // an object by construction; the round trip drops what is not JSON
}

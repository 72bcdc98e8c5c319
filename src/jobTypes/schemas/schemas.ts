// Compiled schemas by their content: compiled once, whoever registers them and however often.
import { createHash } from "node:crypto";
import { canonicalJson, type Json, type JsonObject } from "../../model/data/json.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import { compileSchema } from "./ajv.ts";

const SIZE = 500;

export interface Schemas {
  /** Problems of a value; never throws. The schema must have passed its checks. */
  check(schema: JsonObject, value: Json, base?: string): readonly Problem[];
}

export function createSchemas(): Schemas {
  const compiled = new Map<string, ReturnType<typeof compileSchema>>();
  const validatorOf = (schema: JsonObject): ReturnType<typeof compileSchema> => {
    const key = createHash("sha256").update(canonicalJson(schema)).digest("base64url");
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const made = compileSchema(schema, "tried");
    compiled.set(key, made);
    const oldest = compiled.size > SIZE ? compiled.keys().next().value : undefined;
    if (oldest !== undefined) compiled.delete(oldest);
    return made;
  };
  return {
    check: (schema, value, base = "") =>
      validatorOf(schema)(value).map(({ pointer, detail }) => problem("SchemaMismatch", base + pointer, { detail })),
  };
}

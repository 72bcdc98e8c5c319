// A cache of compiled schemas by their content, so that each schema is compiled once.
import { createHash } from "node:crypto";
import { canonicalJson, type Json, type JsonObject } from "../../model/data/json.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import { compileSchema } from "./ajv.ts";

const SIZE = 500;

export interface Schemas {
  /**
   * The problems of a value, with pointers that begin with `base`. The schema must have passed the checks of its
   * registration.
   */
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

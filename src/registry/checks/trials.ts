// Inputs to try a template with: the examples, or where there are none, the least that the schema asks for, made up.
import { isObject, type Json, type JsonObject } from "../../model/json.ts";
import type { Registration } from "../registration.ts";
import type { Trial } from "./candidate.ts";

/** `fits`: whether the schema takes it; what was made up is only used where it does. */
export function trialsOf({ spec }: Registration, fits: (input: JsonObject) => boolean): readonly Trial[] {
  if (spec.examples.length > 0)
    return spec.examples.map(({ title, input }) => ({ title: typeof title === "string" ? title : title.en, input }));
  const made = madeUp(spec.input, spec.input, 0);
  return isObject(made) && fits(made) ? [{ title: "the least input", input: made }] : [];
}

const DEEPEST = 6;

const BY_TYPE: Readonly<Record<string, Json>> = {
  string: "x",
  number: 1,
  integer: 1,
  boolean: true,
  null: null,
  array: [],
};

function madeUp(schema: JsonObject, root: JsonObject, depth: number): Json {
  const said = schema["default"] ?? schema["const"] ?? firstOf(schema["enum"]) ?? firstOf(schema["examples"]);
  if (said !== undefined) return said;
  const reference = schema["$ref"];
  const definitions = root["$defs"];
  if (typeof reference === "string" && depth < DEEPEST && isObject(definitions)) {
    const target = definitions[reference.slice("#/$defs/".length)];
    if (isObject(target)) return madeUp(target, root, depth + 1);
  }
  const type = Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"];
  if (typeof type === "string" && type !== "object") return bounded(schema, BY_TYPE[type] ?? null);
  return depth < DEEPEST ? objectOf(schema, root, depth) : {};
}

function objectOf(schema: JsonObject, root: JsonObject, depth: number): JsonObject {
  const { properties, required } = schema;
  const names = Array.isArray(required) ? required.map(String) : [];
  return Object.fromEntries(
    names.map((name) => {
      const inner = isObject(properties) ? properties[name] : undefined;
      return [name, isObject(inner) ? madeUp(inner, root, depth + 1) : "x"];
    }),
  );
}

function bounded(schema: JsonObject, value: Json): Json {
  if (typeof value === "number") return Math.max(value, Number(schema["minimum"] ?? value));
  return typeof value === "string" ? value.padEnd(Math.min(Number(schema["minLength"] ?? 1), 1_000), "x") : value;
}

function firstOf(list: Json | undefined): Json | undefined {
  return Array.isArray(list) ? list[0] : undefined;
}

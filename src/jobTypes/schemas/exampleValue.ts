// Makes up the smallest value that a schema requires. It is used to try a template, and as the output of a simulated
// pod in a sandbox.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";

const DEEPEST = 6;

const BY_TYPE: Readonly<Record<string, Json>> = {
  string: "x",
  number: 1,
  integer: 1,
  boolean: true,
  null: null,
  array: [],
};

/** The value may not fit the schema, because patterns and alternatives are not considered. */
export function madeUp(schema: JsonObject): Json {
  return made(schema, schema, 0);
}

function made(schema: JsonObject, root: JsonObject, depth: number): Json {
  const said = schema["default"] ?? schema["const"] ?? firstOf(schema["enum"]) ?? firstOf(schema["examples"]);
  if (said !== undefined) return said;
  const reference = schema["$ref"];
  const definitions = root["$defs"];
  if (typeof reference === "string" && depth < DEEPEST && isObject(definitions)) {
    const target = definitions[reference.slice("#/$defs/".length)];
    if (isObject(target)) return made(target, root, depth + 1);
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
      return [name, isObject(inner) ? made(inner, root, depth + 1) : "x"];
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

// Fills in the defaults of a schema for fields that are absent. It only follows plain properties. Behind alternatives
// and references it fills in nothing, because it does not know which alternative applies.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";

export function withDefaults(schema: JsonObject, value: JsonObject): JsonObject {
  const { properties } = schema;
  if (!isObject(properties)) return value;
  const entries = Object.entries(properties).flatMap(([name, inner]): [string, Json][] => {
    if (!isObject(inner)) return [];
    const given = Object.hasOwn(value, name) ? value[name] : inner["default"];
    if (given === undefined) return [];
    return [[name, isObject(given) ? withDefaults(inner, given) : given]];
  });
  return { ...value, ...Object.fromEntries(entries) };
}

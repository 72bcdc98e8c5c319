// What a schema says of fields that were left out. Only plain properties: behind alternatives and references nothing is filled in, because
// which of them holds is not known.
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

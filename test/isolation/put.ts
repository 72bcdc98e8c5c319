// Replaces the value at a path. Objects and lists on the path are created when they do not exist.
import { isObject, type Json } from "../../src/model/data/json.ts";

export function put(value: Json | undefined, [key, ...rest]: readonly (string | number)[], what: Json): Json {
  if (key === undefined) return what;
  if (typeof key === "number") {
    const items = Array.isArray(value) ? [...value] : [];
    items[key] = put(items[key] as Json | undefined, rest, what); // of a Json array
    return items;
  }
  const fields = isObject(value) ? value : {};
  return { ...fields, [key]: put(fields[key], rest, what) };
}

// Follows a JSON Pointer into data. It uses own members only, so a prototype is never reached, and in a list only its
// items.
import type { Json } from "../../../model/data/json.ts";
import { fromPointer } from "../../../model/data/pointer.ts";

const INDEX = /^(0|[1-9]\d{0,8})$/;

/** `undefined` when there is no value. */
export function lookUp(root: Json, pointer: string): Json | undefined {
  if (pointer !== "" && !pointer.startsWith("/")) return undefined;
  let at: Json | undefined = root;
  for (const key of fromPointer(pointer)) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    if (Array.isArray(at) && !INDEX.test(key)) return undefined;
    at = Reflect.get(at, key) as Json | undefined; // an own member of JSON is JSON
  }
  return at;
}

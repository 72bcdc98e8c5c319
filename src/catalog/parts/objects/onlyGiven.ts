// Leaves out fields that were not given. The API server drops empty values, so an object with empty values would read
// back different from what was sent.
import type { Json, JsonObject } from "../../../model/data/json.ts";

/** A copy without undefined values. */
export function onlyGiven(fields: { readonly [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The list, or `undefined` when it is empty. */
export function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

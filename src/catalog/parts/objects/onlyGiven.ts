// Leaves out what was not given: the API server drops empty values, so an object that holds them would read back different from what was sent.
import type { Json, JsonObject } from "../../../model/data/json.ts";

/** A copy without undefined values. */
export function onlyGiven(fields: { readonly [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The list, or undefined when there is nothing in it. */
export function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

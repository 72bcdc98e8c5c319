// Fills in every `{"$from": pointer, "default"?: value}` of a step's properties. The value is data: a reference inside
// it is not followed.
import { isObject, type Json, type JsonObject } from "../../../model/data/json.ts";
import { lookUp } from "./lookUp.ts";

type ResolvedInput =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly missing: string };

class Missing extends Error {
  readonly pointer: string;

  constructor(pointer: string) {
    super(pointer);
    this.pointer = pointer;
  }
}

export function resolveInput(input: JsonObject, context: Json): ResolvedInput {
  try {
    return { ok: true, value: Object.fromEntries(entriesOf(input, context)) };
  } catch (error) {
    if (error instanceof Missing) return { ok: false, missing: error.pointer };
    throw error;
  }
}

function filled(value: Json, context: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => filled(item, context));
  if (!isObject(value)) return value;
  const from = Object.hasOwn(value, "$from") ? value["$from"] : undefined;
  if (typeof from !== "string") return Object.fromEntries(entriesOf(value, context));
  const found = lookUp(context, from);
  if (found !== undefined) return found;
  const instead = Object.hasOwn(value, "default") ? value["default"] : undefined;
  if (instead === undefined) throw new Missing(from);
  return instead;
}

function entriesOf(value: JsonObject, context: Json): [string, Json][] {
  return Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, filled(inner, context)]]));
}

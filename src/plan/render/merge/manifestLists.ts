// Functions to read inside rendered objects. These are JSON from definitions, so nothing about their shape is certain.
import { isObject, type Json, type JsonObject } from "../../../model/data/json.ts";

/** The objects of a list; empty when the value is not a list. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "");
}

/** `/data/` and `/data` are the same path, though not to the API server. */
export function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

// Reading fields of objects whose shape nobody has checked: a wrong type reads like an absent field.
import { createHash } from "node:crypto";
import { canonicalJson, dig, isObject, type JsonObject } from "../model/json.ts";

type Path = readonly (string | number)[];

export function textAt(value: unknown, ...path: Path): string {
  const found = dig(value, ...path);
  return typeof found === "string" || typeof found === "number" ? String(found) : "";
}

export function numberAt(value: unknown, ...path: Path): number | undefined {
  const found = dig(value, ...path);
  return typeof found === "number" ? found : undefined;
}

export function listAt(value: unknown, ...path: Path): readonly JsonObject[] {
  const found = dig(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

export function textsAt(value: unknown, ...path: Path): readonly string[] {
  const found = dig(value, ...path);
  return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
}

export function objectAt(value: unknown, ...path: Path): JsonObject {
  const found = dig(value, ...path);
  return isObject(found) ? found : {};
}

/** Every label of the selector is on the object. An empty selector selects nothing, as a Service without one does. */
export function selects(selector: JsonObject, labels: JsonObject): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}

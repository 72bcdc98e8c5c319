// Reads fields of objects whose shape was not checked, such as those of a cluster. A field that is missing or has
// another type counts as empty. No function throws: one unexpected object must not stop the processing of all others.
import { dig, isObject, type JsonObject } from "./json.ts";

type Path = readonly (string | number)[];

export function textAt(value: unknown, ...path: Path): string {
  const found = dig(value, ...path);
  return typeof found === "string" ? found : "";
}

export function numberAt(value: unknown, ...path: Path): number {
  const found = dig(value, ...path);
  return typeof found === "number" ? found : 0;
}

export function optionalNumberAt(value: unknown, ...path: Path): number | undefined {
  const found = dig(value, ...path);
  return typeof found === "number" ? found : undefined;
}

export function listAt(value: unknown, ...path: Path): readonly JsonObject[] {
  const found = dig(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

export function textsAt(value: unknown, ...path: Path): readonly string[] {
  const found = dig(value, ...path);
  return Array.isArray(found) ? found.filter((one): one is string => typeof one === "string") : [];
}

/** The string values of a map such as labels. */
export function labelsAt(value: unknown, ...path: Path): Readonly<Record<string, string>> {
  const found = dig(value, ...path);
  if (!isObject(found)) return {};
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

export function objectAt(value: unknown, ...path: Path): JsonObject {
  const found = dig(value, ...path);
  return isObject(found) ? found : {};
}

/** The text of a string or a number, for fields in which both mean the same: `cpu: 1`. */
export function scalarAt(value: unknown, ...path: Path): string {
  const found = dig(value, ...path);
  return typeof found === "string" || typeof found === "number" ? String(found) : "";
}

/** Milliseconds since the epoch. Undefined if the text is not a time. */
export function timeAt(value: unknown, ...path: Path): number | undefined {
  const parsed = Date.parse(textAt(value, ...path));
  return Number.isNaN(parsed) ? undefined : parsed;
}

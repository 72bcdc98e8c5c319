// Reads fields of objects whose shape nobody has checked, those of a cluster above all: what is missing or of another type counts as empty.
// Refuses to throw: it is somebody else's data, and a surprise in it must not stop the judgement of all others.
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

/** String values of a map such as labels. */
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

/** Where a number means the same as its text: `cpu: 1`. */
export function scalarAt(value: unknown, ...path: Path): string {
  const found = dig(value, ...path);
  return typeof found === "string" || typeof found === "number" ? String(found) : "";
}

/** Milliseconds since the epoch, or undefined if the text is no time. */
export function timeAt(value: unknown, ...path: Path): number | undefined {
  const parsed = Date.parse(textAt(value, ...path));
  return Number.isNaN(parsed) ? undefined : parsed;
}

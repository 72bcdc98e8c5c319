// Reads fields of objects that come from a cluster or a document. A field that is absent or has another type counts as
// empty. Never throws.
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";

type Path = readonly (string | number)[];

export function textAt(value: unknown, ...path: Path): string {
  const found = dig(value, ...path);
  return typeof found === "string" ? found : "";
}

export function numberAt(value: unknown, ...path: Path): number | undefined {
  const found = dig(value, ...path);
  return typeof found === "number" ? found : undefined;
}

export function objectAt(value: unknown, ...path: Path): JsonObject | undefined {
  const found = dig(value, ...path);
  return isObject(found) ? found : undefined;
}

export function listAt(value: unknown, ...path: Path): readonly JsonObject[] {
  const found = dig(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

export function textsAt(value: unknown, ...path: Path): readonly string[] {
  const found = dig(value, ...path);
  return Array.isArray(found) ? found.filter((one): one is string => typeof one === "string") : [];
}

export type LabelMap = Readonly<Record<string, string>>;

export function labelsAt(value: unknown, ...path: Path): LabelMap {
  const found = objectAt(value, ...path);
  if (found === undefined) return {};
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

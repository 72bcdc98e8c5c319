// Reads fields of objects that came from a cluster: whatever is missing or of another type counts as empty.
// Refuses to throw: a status is somebody else's data, and a surprise in it must not stop the judgement of all others.
import { dig, isObject, type JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";

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

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number | undefined;
}

export function conditionsOf(value: unknown, ...path: Path): readonly Condition[] {
  return listAt(value, ...(path.length === 0 ? ["status", "conditions"] : path)).map((one) => ({
    type: textAt(one, "type"),
    status: textAt(one, "status"),
    reason: textAt(one, "reason"),
    message: textAt(one, "message"),
    observedGeneration: optionalNumberAt(one, "observedGeneration"),
  }));
}

export function conditionOf(value: unknown, type: string): Condition | undefined {
  return conditionsOf(value).find((one) => one.type === type);
}

export function isTrue(condition: Condition | undefined): boolean {
  return condition?.status === "True";
}

export function uidOf(object: Manifest): string {
  return object.metadata.uid ?? "";
}

/** Milliseconds since the epoch, or undefined if the text is no time. */
export function timeAt(value: unknown, ...path: Path): number | undefined {
  const parsed = Date.parse(textAt(value, ...path));
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** `Pod/web-1`: for evidence. */
export function nameOf(object: Manifest): string {
  return `${object.kind}/${object.metadata.name}`;
}

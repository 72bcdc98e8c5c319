// Handles the secrets in the objects of a rendered chart: the data of Secret objects is sealed, and all other objects
// are searched for secret values. The search does not find a value that the chart changed (hashed, cut, or encoded
// other than in base64). In longer texts it does not find values of fewer than four characters.
import { isObject, type Json } from "../../model/data/json.ts";
import { isSealed, mapStrings } from "../../model/document/sealed.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import { formsOf } from "./masking.ts";

/**
 * The object with all its data sealed when it is a Secret, wherever its values come from. Other objects are returned
 * unchanged.
 */
export function sealedData(manifest: Manifest, seal: (text: string) => string): Manifest {
  if (manifest.kind !== "Secret" || manifest.apiVersion !== "v1") return manifest;
  const sealedIn = (value: Json | undefined): Json | undefined =>
    value === undefined ? undefined : mapStrings(value, (text) => (isSealed(text) ? text : seal(text)));
  const fields = ["data", "stringData"].flatMap((field) =>
    manifest[field] === undefined ? [] : [[field, sealedIn(manifest[field])] as const],
  );
  return { ...manifest, ...Object.fromEntries(fields) };
}

interface Clear {
  readonly object: string;
  /** `data.password` */
  readonly field: string;
}

export function clearIn(manifests: readonly Manifest[], secrets: readonly string[]): readonly Clear[] {
  const whole = new Set(secrets);
  const parts = [...new Set(secrets.flatMap(formsOf))];
  const holds = (text: string): boolean => whole.has(text) || parts.some((part) => text.includes(part));
  if (secrets.length === 0) return [];
  return manifests.flatMap((one) => {
    const object = shortRef({ kind: one.kind, name: one.metadata.name });
    return fieldsWhere(one, holds, []).map((field) => ({ object, field }));
  });
}

function fieldsWhere(value: Json | undefined, holds: (text: string) => boolean, path: readonly string[]): string[] {
  if (typeof value === "string") return !isSealed(value) && holds(value) ? [path.join(".")] : [];
  if (Array.isArray(value))
    return value.flatMap((inner: Json, index) => fieldsWhere(inner, holds, [...path, String(index)]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    // A key that contains a secret must not be shown.
    if (holds(key)) return [[...path, "?"].join(".")];
    return fieldsWhere(inner, holds, [...path, key]);
  });
}

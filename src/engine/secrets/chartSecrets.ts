// The secrets in what a chart was rendered to: sealed where Kubernetes keeps secrets, searched for everywhere else.
// Not found: a value that the chart has changed (hashed, cut, encoded otherwise than in base64), and, in longer texts, one of fewer
// than four characters.
import { isObject, type Json } from "../../model/data/json.ts";
import { isSealed, mapStrings } from "../../model/document/sealed.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import { formsOf } from "./masking.ts";

/** All data of a Secret, wherever its values come from. */
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
    // A key that is the secret itself must not be told.
    if (holds(key)) return [[...path, "?"].join(".")];
    return fieldsWhere(inner, holds, [...path, key]);
  });
}

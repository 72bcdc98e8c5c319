// Server-side apply for one field manager, as far as kubemin can see a difference: fields that kubemin no longer sends
// are removed, fields that others added stay, fields that kubemin sends win. Lists are replaced as a whole. The API
// server merges some lists by key, which only matters when two managers write into one list.
import { canonicalJson, isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { type Manifest, plainAnnotations } from "../../model/kubernetes/manifest.ts";

export function mergeApply(live: Json | undefined, sent: Json | undefined, wanted: Json): Json {
  if (!isObject(wanted) || !isObject(live)) return wanted;
  const before = isObject(sent) ? sent : {};
  const result: Record<string, Json> = {};
  for (const key of new Set([...Object.keys(live), ...Object.keys(wanted)])) {
    const next = wanted[key];
    const value = next === undefined ? without(live[key], before[key]) : mergeApply(live[key], before[key], next);
    if (value !== undefined) result[key] = value;
  }
  return result;
}

/** `live` without the fields that kubemin sent; `undefined` when nothing is left. */
function without(live: Json | undefined, sent: Json | undefined): Json | undefined {
  if (sent === undefined) return live;
  if (!isObject(live) || !isObject(sent)) return undefined;
  const rest = Object.entries(live).flatMap(([key, value]) => {
    const kept = without(value, sent[key]);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

/** Whether an apply changes nothing. A different revision or attempt alone is no reason to write. */
export function sameContent(a: Manifest, b: Manifest): boolean {
  return canonicalJson(content(a)) === canonicalJson(content(b));
}

/** Whether the generation stays the same: everything except metadata and status is equal. */
export function sameSpec(a: Manifest, b: Manifest): boolean {
  const spec = (one: Manifest): JsonObject => ({ ...one, metadata: undefined, status: undefined });
  return canonicalJson(spec(a)) === canonicalJson(spec(b));
}

function content(object: Manifest): JsonObject {
  const annotations = plainAnnotations(object.metadata);
  const written = { ...object.metadata, annotations, resourceVersion: undefined };
  return { ...object, metadata: written, status: undefined };
}

// Label selectors, and hashes of values.
import { createHash } from "node:crypto";
import { canonicalJson, type JsonObject } from "../../model/data/json.ts";

/**
 * Whether the labels contain every label of the selector. An empty selector selects nothing, as for a Service without a
 * selector.
 */
export function selects(selector: JsonObject, labels: JsonObject): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}

// Selectors of labels, and hashes of what a template says.
import { createHash } from "node:crypto";
import { canonicalJson, type JsonObject } from "../../model/data/json.ts";

/** Every label of the selector is on the object. An empty selector selects nothing, as a Service without one does. */
export function selects(selector: JsonObject, labels: JsonObject): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}

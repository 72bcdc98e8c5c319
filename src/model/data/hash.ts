// Hashes of contents. Equal values have equal hashes, whatever the order of their keys.
import { createHash } from "node:crypto";
import { canonicalJson } from "./json.ts";

/** SHA-256 of the canonical JSON, in hex. */
export function contentHash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

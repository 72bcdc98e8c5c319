// A Job among plain objects runs to its end and may then be removed, by its own ttlSecondsAfterFinished or by a person. It is done all the
// same: what was seen complete is remembered by its content, and neither missed nor made again.
import { createHash } from "node:crypto";
import { canonicalJson } from "../data/json.ts";
import type { Manifest } from "./manifest.ts";

/** Undefined: it is nothing that runs to an end. */
export function finishedContent({ kind, metadata, ...rest }: Manifest): string | undefined {
  if (kind !== "Job") return undefined;
  const what = canonicalJson({ name: metadata.name, namespace: metadata.namespace ?? "", spec: rest["spec"] ?? null });
  return `job/${createHash("sha256").update(what).digest("hex")}`;
}

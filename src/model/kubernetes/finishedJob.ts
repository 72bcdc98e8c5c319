// A Job among plain objects runs to its end and may then be removed, by its own ttlSecondsAfterFinished or by a person.
// It still counts as done: kubemin stores the content of a Job that completed, and neither reports it missing nor
// creates it again. This file computes the key of that content; src/jobs/objects/finished.ts stores it.
import { createHash } from "node:crypto";
import { canonicalJson } from "../data/json.ts";
import type { Manifest } from "./manifest.ts";

/** Undefined when the object is not a Job. */
export function finishedContent({ kind, metadata, ...rest }: Manifest): string | undefined {
  if (kind !== "Job") return undefined;
  const what = canonicalJson({ name: metadata.name, namespace: metadata.namespace ?? "", spec: rest["spec"] ?? null });
  return `job/${createHash("sha256").update(what).digest("hex")}`;
}

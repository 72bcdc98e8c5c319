// The annotations of one object have a common size limit. The API server checks it on what is applied, whichever trait
// wrote which annotation.

import { dig, isObject } from "../../model/data/json.ts";
import { LIMITS } from "../../model/document/document.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";

export function checkAnnotations(manifests: readonly Manifest[], pointer: string): readonly Problem[] {
  return manifests.flatMap((manifest) => {
    const bytes = Math.max(
      bytesOf(dig(manifest, "metadata", "annotations")),
      bytesOf(dig(manifest, "spec", "template", "metadata", "annotations")),
    );
    if (bytes <= LIMITS.annotationBytes) return [];
    const object = shortRef({ kind: manifest.kind, name: manifest.metadata.name });
    return [problem("AnnotationsTooLarge", pointer, { object, bytes, limit: LIMITS.annotationBytes })];
  });
}

/** The bytes of keys and values, as the API server counts them. */
function bytesOf(annotations: unknown): number {
  if (!isObject(annotations)) return 0;
  return Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + (typeof value === "string" ? Buffer.byteLength(value) : 0),
    0,
  );
}

// The content annotation: the hash of the object as it was rendered for the last apply, with secret values still
// sealed. The hash ignores the revision annotation, so that a deploy that changes nothing writes nothing.
import { createHash } from "node:crypto";
import { canonicalJson } from "../../model/data/json.ts";
import { ANNOTATIONS, type Manifest } from "../../model/kubernetes/manifest.ts";

export function contentHash(object: Manifest): string {
  return createHash("sha256")
    .update(canonicalJson(withoutBookkeeping(object)))
    .digest("hex");
}

/** The object without kubemin's own annotations for content and revision. */
export function withoutBookkeeping(object: Manifest): Manifest {
  const { annotations, ...metadata } = object.metadata;
  const kept = Object.entries(annotations ?? {}).filter(
    ([key]) => key !== ANNOTATIONS.content && key !== ANNOTATIONS.revision,
  );
  return {
    ...object,
    metadata: { ...metadata, ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }) },
  };
}

export function withHash(object: Manifest, hash: string): Manifest {
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [ANNOTATIONS.content]: hash } },
  };
}

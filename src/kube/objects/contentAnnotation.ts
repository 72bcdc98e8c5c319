// The content annotation: the hash of the object as it was rendered for the last apply, with secret values still
// sealed. The hash ignores the annotations of the revision and the attempt, so that a deploy that changes nothing writes
// nothing.
import { createHash } from "node:crypto";
import { canonicalJson } from "../../model/data/json.ts";
import { ANNOTATIONS, type Manifest, plainAnnotations } from "../../model/kubernetes/manifest.ts";

export function contentHash(object: Manifest): string {
  return createHash("sha256")
    .update(canonicalJson(withoutBookkeeping(object)))
    .digest("hex");
}

/** The object without kubemin's own annotations for content, revision and attempt. */
export function withoutBookkeeping(object: Manifest): Manifest {
  const { annotations: _annotations, ...metadata } = object.metadata;
  const annotations = plainAnnotations(object.metadata);
  return {
    ...object,
    metadata: { ...metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
  };
}

export function withHash(object: Manifest, hash: string): Manifest {
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [ANNOTATIONS.content]: hash } },
  };
}

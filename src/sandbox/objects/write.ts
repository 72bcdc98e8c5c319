// Writes an object as the API server would: server fields, generation, merge. It does not check permissions or
// ownership; src/sandbox/admission.ts does.
import { randomUUID } from "node:crypto";
import { ANNOTATIONS, type Manifest, type Metadata, plainAnnotations, refOf } from "../../model/kubernetes/manifest.ts";
import type { Applied } from "../../ports/cluster.ts";
import { hashOf } from "./labelSelectors.ts";
import { mergeApply, sameContent, sameSpec } from "./merge.ts";
import type { SandboxObjects, StoredObject } from "./sandboxObjects.ts";

/** Writes nothing when the object already has this content. */
export function writeObject(objects: SandboxObjects, wanted: Manifest): Applied {
  const ref = refOf(wanted);
  const live = objects.get(ref);
  const sent = withContentHash(wanted);
  const next = live === undefined ? sent : merged(live, sent);
  if (live !== undefined && sameContent(live.manifest, next)) return applied(live.manifest, "unchanged");
  const manifest = stamped(next, live?.manifest, objects);
  objects.put({ manifest, sent, since: objects.now(), goneAt: null, pods: live?.pods ?? [] });
  return applied(manifest, live === undefined ? "created" : "configured");
}

function applied(manifest: Manifest, action: Applied["action"]): Applied {
  return {
    ref: refOf(manifest),
    uid: manifest.metadata.uid ?? "",
    generation: manifest.metadata.generation ?? 0,
    action,
  };
}

function merged(live: StoredObject, sent: Manifest): Manifest {
  return mergeApply(live.manifest, live.sent, sent) as Manifest; // both are manifests, and merging keeps every field that is sent
}

/** Adds the annotation that the real adapter also writes, so that a comparison finds the same on both. */
function withContentHash(wanted: Manifest): Manifest {
  const annotations = plainAnnotations(wanted.metadata);
  const content = hashOf({ ...wanted, metadata: { ...wanted.metadata, annotations } });
  const metadata = {
    ...wanted.metadata,
    annotations: { ...wanted.metadata.annotations, [ANNOTATIONS.content]: content },
  };
  return { ...wanted, metadata };
}

/** Sets the fields that the server sets. The object counts as new when `before` is undefined. */
export function stamped(object: Manifest, before: Manifest | undefined, objects: SandboxObjects): Manifest {
  const fresh = { uid: randomUUID(), creationTimestamp: new Date(objects.now()).toISOString() };
  const metadata: Metadata = {
    ...object.metadata,
    ...(before === undefined ? fresh : {}),
    resourceVersion: objects.nextVersion(),
  };
  if (object["spec"] === undefined) return { ...object, metadata };
  const last = before?.metadata.generation ?? 0;
  const generation = before !== undefined && sameSpec(before, object) ? last : last + 1;
  return { ...object, metadata: { ...metadata, generation } };
}

// Labels, namespace and pod defaults: what the framework puts on every object, whatever the definition made.
import { isObject, type Json, type JsonObject } from "../model/json.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../model/manifest.ts";

export interface Identity {
  readonly project: string;
  readonly application: string;
  readonly namespace: string;
  readonly component: string;
  readonly type: string;
}

export type Labels = { readonly [label: string]: string };

export function labelsOf(identity: Identity): Labels {
  return {
    [LABELS.name]: identity.component,
    [LABELS.instance]: identity.application,
    [LABELS.component]: identity.type,
    [LABELS.partOf]: identity.application,
    [LABELS.managedBy]: MANAGED_BY,
    [LABELS.project]: identity.project,
    [LABELS.application]: identity.application,
    [LABELS.kubeminComponent]: identity.component,
  };
}

interface Stamp {
  readonly identity: Identity;
  readonly labels: Labels;
  /** Labels and annotations of traits. */
  readonly extra: JsonObject;
}

/** Ours win over labels of the definition and of traits. */
export function stamped(manifest: Manifest, { identity, labels, extra }: Stamp): Manifest {
  const { metadata } = manifest;
  const annotations = { ...metadata.annotations, ...textsIn(extra["annotations"]) };
  return {
    ...manifest,
    metadata: {
      ...metadata,
      namespace: identity.namespace,
      labels: { ...metadata.labels, ...textsIn(extra["labels"]), ...labels },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
  };
}

export function textsIn(value: Json | undefined): Labels {
  const pairs = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string"));
}

/**
 * Pods get no token of the API server (no program asked for it, and a token is what an intruder looks for) and no variables for every
 * Service of the namespace (thousands of them make programs fail to start). No security context: it would break ordinary images.
 */
export function podTemplate(pod: JsonObject, labels: Labels, annotations: Labels | undefined): JsonObject {
  return {
    metadata: { labels, ...(annotations === undefined ? {} : { annotations }) },
    spec: { automountServiceAccountToken: false, enableServiceLinks: false, ...pod },
  };
}

/** The controller's object with fields of traits set in its spec. */
export function withFields(manifest: Manifest, fields: JsonObject, unmanaged: readonly string[] = []): Manifest {
  const spec = isObject(manifest["spec"]) ? manifest["spec"] : {};
  const kept = Object.entries({ ...spec, ...fields }).filter(([field]) => !unmanaged.includes(field));
  return { ...manifest, spec: Object.fromEntries(kept) };
}

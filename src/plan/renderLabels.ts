// Labels, namespace and pod defaults: what the framework puts on every object, whatever the definition made.
import { isObject, type JsonObject } from "../model/json.ts";
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

/** Ours win over labels of the definition. */
export function stamped(manifest: Manifest, identity: Identity, labels: Labels): Manifest {
  const { metadata } = manifest;
  return {
    ...manifest,
    metadata: { ...metadata, namespace: identity.namespace, labels: { ...metadata.labels, ...labels } },
  };
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
export function withFields(manifest: Manifest, fields: JsonObject): Manifest {
  const spec = isObject(manifest["spec"]) ? manifest["spec"] : {};
  return { ...manifest, spec: { ...spec, ...fields } };
}

// A Kubernetes object as data, and the address of one.
import type { JsonObject } from "../data/json.ts";

export interface Metadata extends JsonObject {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
}

export interface Manifest extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
}

export function refOf(object: Manifest): ObjectRef {
  const { name, namespace = "" } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, namespace, name };
}

/** `Deployment/web`: how an object is called in sentences. */
export function shortRef(ref: { readonly kind: string; readonly name: string }): string {
  return `${ref.kind}/${ref.name}`;
}

/** What "delete the volumes too" means, and nothing else that is kept: a definition or a namespace holds other people's things. */
export function isVolume({ kind }: { readonly kind: string }): boolean {
  return kind === "PersistentVolumeClaim" || kind === "PersistentVolume";
}

/** One key per object for maps: group and kind decide, the version does not (v1 and v1beta1 are the same object). */
export function refKey(ref: ObjectRef): string {
  const group = ref.apiVersion.includes("/") ? ref.apiVersion.slice(0, ref.apiVersion.indexOf("/")) : "";
  return `${group}/${ref.kind}/${ref.namespace}/${ref.name}`;
}

export const LABELS = {
  managedBy: "app.kubernetes.io/managed-by",
  name: "app.kubernetes.io/name",
  instance: "app.kubernetes.io/instance",
  component: "app.kubernetes.io/component",
  partOf: "app.kubernetes.io/part-of",
  project: "kubemin.dev/project",
  application: "kubemin.dev/application",
  kubeminComponent: "kubemin.dev/component",
} as const;

export const ANNOTATIONS = {
  /** Hash of what we sent at the last write: equal hash and equal live fields mean that no write is needed. */
  content: "kubemin.dev/content",
  /** The revision that last changed the object. Not part of the hash: a deploy that changes nothing writes nothing. */
  revision: "kubemin.dev/revision",
  /** On pod templates: hash of the configuration that the pods read, so that a change of it rolls them. */
  configuration: "kubemin.dev/configuration",
  /** How to tell from the object's own status that it is ready or failed: see model/kubernetes/readyRule.ts. */
  ready: "kubemin.dev/ready",
} as const;

export const MANAGED_BY = "kubemin";
/** Field manager of everything that we apply. Stable for ever: it is how the API server knows our fields. */
export const FIELD_MANAGER = "kubemin";

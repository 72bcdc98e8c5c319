// A Kubernetes object as data, the reference to one, and the labels and annotations of kubemin.
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
  /** Empty for objects that belong to no namespace. */
  readonly namespace: string;
  readonly name: string;
}

export function refOf(object: Manifest): ObjectRef {
  const { name, namespace = "" } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, namespace, name };
}

/** The name of an object in sentences, such as `Deployment/web`. */
export function shortRef(ref: { readonly kind: string; readonly name: string }): string {
  return `${ref.kind}/${ref.name}`;
}

/**
 * Whether "delete the volumes too" deletes the object. Other kept objects stay, because a custom resource definition or
 * a namespace may contain objects of others.
 */
export function isVolume({ kind }: { readonly kind: string }): boolean {
  return kind === "PersistentVolumeClaim" || kind === "PersistentVolume";
}

/** The key of an object in maps. It ignores the version of the API: v1 and v1beta1 mean the same object. */
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
  /** Hash of what kubemin sent at its last write. When hash and live fields are equal, no write is needed. */
  content: "kubemin.dev/content",
  /** The revision that last changed the object. Not part of the hash: a deploy that changes nothing writes nothing. */
  revision: "kubemin.dev/revision",
  /**
   * `run/attempt` of the attempt that created the object, for objects of jobs that run to an end. Not part of the hash.
   * An ended attempt is found by it, and removes what only it created.
   */
  attempt: "kubemin.dev/attempt",
  /** On pod templates: hash of the configuration that the pods read, so that a change of it replaces the pods. */
  configuration: "kubemin.dev/configuration",
  /**
   * The rule that decides from the status of the object whether it is ready or failed: see
   * model/kubernetes/readyRule.ts.
   */
  ready: "kubemin.dev/ready",
} as const;

export const MANAGED_BY = "kubemin";
/**
 * Field manager of everything that kubemin applies. It must never change: the API server knows the fields of kubemin by
 * it.
 */
export const FIELD_MANAGER = "kubemin";

const BOOKKEEPING: readonly string[] = [ANNOTATIONS.content, ANNOTATIONS.revision, ANNOTATIONS.attempt];

/** The annotations without those that kubemin writes about its own applies. */
export function plainAnnotations({ annotations }: Metadata): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([name]) => !BOOKKEEPING.includes(name)));
}

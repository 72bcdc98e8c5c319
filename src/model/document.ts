// The document a user writes: an application of components with traits. Only its outer shape is here;
// what `properties` and each trait may hold is said by the definitions of the catalog.
import type { Json, JsonObject } from "./json.ts";

export const API_VERSION = "kubemin.dev/v1";

export interface ApplicationDocument {
  readonly apiVersion?: typeof API_VERSION;
  readonly name: string;
  readonly description?: string;
  readonly namespace?: string;
  readonly components: readonly ComponentDocument[];
  /** When a deploy fails after it changed something: keep (default) leaves what is there; rollback goes back to the last revision that succeeded. */
  readonly onFailure?: (typeof ON_FAILURE)[number];
  /** When somebody else changes our objects: report (default) shows it; repair deploys the revision again. */
  readonly drift?: (typeof ON_DRIFT)[number];
}

export const ON_FAILURE = ["keep", "rollback"] as const;
export const ON_DRIFT = ["report", "repair"] as const;

export interface ComponentDocument {
  readonly name: string;
  readonly type: string;
  readonly properties?: JsonObject;
  /** Trait name -> its data. */
  readonly traits?: { readonly [trait: string]: Json };
  readonly dependsOn?: readonly string[];
  /** How long its job may take in all, e.g. "10m". */
  readonly timeout?: string | number;
  readonly retry?: RetryDocument;
}

export interface RetryDocument {
  /** Attempts in all, the first included. */
  readonly attempts?: number;
  /** Wait before the second attempt; doubles each time. */
  readonly backoff?: string | number;
}

export const LIMITS = {
  documentBytes: 4 * 1024 * 1024,
  depth: 64,
  components: 500,
  /** etcd's and Kubernetes' own limit for the data of a ConfigMap or Secret. */
  configBytes: 1024 * 1024,
  problems: 100,
} as const;

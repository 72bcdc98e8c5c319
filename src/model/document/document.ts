// The document that a user writes: an application of components with traits, or a workflow. This file has only the
// outer shape; the definitions of the catalog describe `properties` and the data of each trait.
import type { Json, JsonObject } from "../data/json.ts";

export const API_VERSION = "kubemin.dev/v1";

export interface ApplicationDocument {
  readonly apiVersion?: typeof API_VERSION;
  readonly name: string;
  readonly description?: string;
  readonly namespace?: string;
  /** May be empty when there is a workflow that only has job types. */
  readonly components: readonly ComponentDocument[];
  readonly workflow?: WorkflowDocument;
  /**
   * What happens when a deploy fails after it changed something. keep (default): the objects stay as they are ·
   * rollback: the last revision that succeeded is deployed again.
   */
  readonly onFailure?: (typeof ON_FAILURE)[number];
  /**
   * What happens when another program changes the objects. report (default): it is shown · repair: the revision is
   * deployed again.
   */
  readonly drift?: (typeof ON_DRIFT)[number];
}

/** Steps: an order that differs from that of the dependencies, and work that belongs to no component. */
export interface WorkflowDocument {
  /**
   * StepByStep (default): each step starts after the previous one. DAG: only dependsOn and references set the order.
   */
  readonly mode?: (typeof WORKFLOW_MODES)[number];
  readonly inputs?: { readonly [name: string]: WorkflowInput };
  readonly steps: readonly StepDocument[];
  /** Steps that run when all others have ended, in any phase. */
  readonly finally?: readonly StepDocument[];
}

export interface WorkflowInput {
  readonly type: "string" | "number" | "integer" | "boolean" | "array" | "object";
  readonly description?: string;
  /** Whether its value is secret: it is encrypted when it arrives and never shown. */
  readonly secret?: boolean;
  /** Without a default, the value must be given when the workflow starts. */
  readonly default?: Json;
}

interface StepDocument {
  readonly name: string;
  /** `deploy`, `group`, `workflow`, or a job type. */
  readonly type: string;
  readonly properties?: JsonObject;
  readonly dependsOn?: readonly string[];
  readonly if?: string;
  readonly timeout?: string | number;
  readonly retry?: RetryDocument;
  /**
   * A list, or a reference to an input. The step becomes one job for each value, which `{"$from": "/item"}` refers to.
   */
  readonly forEach?: Json;
  /** Steps of a group. The default mode of a group is DAG. */
  readonly subSteps?: readonly StepDocument[];
  readonly mode?: (typeof WORKFLOW_MODES)[number];
  /** Clocks other than `timeout`: queue, schedule, start, attempt. */
  readonly clocks?: { readonly [clock: string]: string | number };
  readonly onShort?: string;
}

export const WORKFLOW_MODES = ["StepByStep", "DAG"] as const;
export const ON_FAILURE = ["keep", "rollback"] as const;
export const ON_DRIFT = ["report", "repair"] as const;

interface ComponentDocument {
  readonly name: string;
  readonly type: string;
  readonly properties?: JsonObject;
  /** The data of each trait, by the name of the trait. */
  readonly traits?: { readonly [trait: string]: Json };
  readonly dependsOn?: readonly string[];
  /** Longest time of its job, all attempts together, such as "10m". */
  readonly timeout?: string | number;
  readonly retry?: RetryDocument;
  /** For tasks only. Clocks other than `timeout`: queue, schedule, start, attempt. */
  readonly clocks?: { readonly [clock: string]: string | number };
  /** For tasks only: what to do when the cluster has no room: wait (default), fail, wait-then-fail(30m). */
  readonly onShort?: string;
}

interface RetryDocument {
  /** Number of attempts, including the first. */
  readonly attempts?: number;
  /** Wait before the second attempt. It doubles with each further attempt. */
  readonly backoff?: string | number;
}

export const LIMITS = {
  documentBytes: 4 * 1024 * 1024,
  /**
   * All values for the inputs of a workflow or a job type together, as JSON. Each job that refers to one gets a copy.
   */
  inputsBytes: 64 * 1024,
  depth: 64,
  components: 500,
  /** Most jobs that the steps of a workflow may become. */
  steps: 2_000,
  /** The limit of Kubernetes and etcd for the data of a ConfigMap or Secret. */
  configBytes: 1024 * 1024,
  /** The limit of Kubernetes for all annotations of an object together. */
  annotationBytes: 256 * 1024,
  problems: 100,
} as const;

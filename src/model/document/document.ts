// The document a user writes: an application of components with traits. Only its outer shape is here;
// what `properties` and each trait may hold is said by the definitions of the catalog.
import type { Json, JsonObject } from "../data/json.ts";

export const API_VERSION = "kubemin.dev/v1";

export interface ApplicationDocument {
  readonly apiVersion?: typeof API_VERSION;
  readonly name: string;
  readonly description?: string;
  readonly namespace?: string;
  /** May be empty where there is a workflow: job types alone. */
  readonly components: readonly ComponentDocument[];
  readonly workflow?: WorkflowDocument;
  /** When a deploy fails after it changed something: keep (default) leaves what is there; rollback goes back to the last revision that succeeded. */
  readonly onFailure?: (typeof ON_FAILURE)[number];
  /** When somebody else changes our objects: report (default) shows it; repair deploys the revision again. */
  readonly drift?: (typeof ON_DRIFT)[number];
}

/** The order, where the user wants another than the dependencies give, and work that is not a component's. */
export interface WorkflowDocument {
  /** StepByStep (default): each step after the one before it. DAG: by dependsOn and references alone. */
  readonly mode?: (typeof WORKFLOW_MODES)[number];
  readonly inputs?: { readonly [name: string]: WorkflowInput };
  readonly steps: readonly StepDocument[];
  /** Run when everything else has ended, whatever became of it. */
  readonly finally?: readonly StepDocument[];
}

export interface WorkflowInput {
  readonly type: "string" | "number" | "integer" | "boolean" | "array" | "object";
  readonly description?: string;
  /** Its value is sealed as soon as it comes, and shown to nobody. */
  readonly secret?: boolean;
  /** Missing: whoever starts the workflow must give it. */
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
  /** One job for each value; `{"$from": "/item"}` is the value. A list, or a reference to an input. */
  readonly forEach?: Json;
  /** Of a group; its mode is DAG unless said otherwise. */
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
  /** Trait name -> its data. */
  readonly traits?: { readonly [trait: string]: Json };
  readonly dependsOn?: readonly string[];
  /** How long its job may take in all, e.g. "10m". */
  readonly timeout?: string | number;
  readonly retry?: RetryDocument;
  /** Of a task; clocks other than `timeout`: queue, schedule, start, attempt. */
  readonly clocks?: { readonly [clock: string]: string | number };
  /** Of a task, when the cluster has no room: wait (default), fail, wait-then-fail(30m). */
  readonly onShort?: string;
}

interface RetryDocument {
  /** Attempts in all, the first included. */
  readonly attempts?: number;
  /** Wait before the second attempt; doubles each time. */
  readonly backoff?: string | number;
}

export const LIMITS = {
  documentBytes: 4 * 1024 * 1024,
  /** Values for the inputs of a workflow or a job type together, as JSON: every job that refers to one holds it. */
  inputsBytes: 64 * 1024,
  depth: 64,
  components: 500,
  /** Jobs that the steps of a workflow may become. */
  steps: 2_000,
  /** etcd's and Kubernetes' own limit for the data of a ConfigMap or Secret. */
  configBytes: 1024 * 1024,
  /** Kubernetes' own, for all annotations of an object together. */
  annotationBytes: 256 * 1024,
  problems: 100,
} as const;

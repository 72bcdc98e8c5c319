// The types of a registration: the document with which a team registers a job type. Validation, form, help, docs page
// and execution come from it. src/jobTypes/registering/checks checks its content. Durations are texts like "30m", and
// sizes are Kubernetes quantities.
import type { JsonObject } from "../../model/data/json.ts";
import type { Localized } from "../../model/data/text.ts";

export const REGISTRATION_VERSIONS = ["kubemin.dev/v1", "kubemin.io/v1"] as const;

/** Largest number of pods of one job. */
export const MOST_PODS = 256;

/**
 * `draft`: only the owner can run it, by its exact version, to try it. `validated`: a draft whose sample run succeeded.
 * `active`: it can be used. `deprecated`: it can be used, with a warning. `disabled`: no run of it starts.
 */
export const LIFECYCLES = ["draft", "validated", "active", "deprecated", "disabled"] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

export interface Registration {
  readonly apiVersion: (typeof REGISTRATION_VERSIONS)[number];
  readonly kind: "JobType";
  readonly metadata: {
    readonly name: string;
    /** The project that registered it. */
    readonly owner: string;
    readonly contact?: string;
    readonly icon?: string;
  };
  readonly spec: RegistrationSpec;
}

export interface RegistrationSpec {
  /** Semantic version. A run keeps the version with which it started. */
  readonly version: string;
  readonly lifecycle?: Lifecycle;
  readonly summary: Localized;
  /**
   * The isolation profile: what its pods get without a grant. Default: `gpu` when the resources name GPUs, otherwise
   * `task`. `gang` is `gpu` for several pods (`pods` of the runtime), and `gang: true` of the resources means the same.
   */
  readonly profile?: "task" | "gpu" | "gang" | "helm" | "ssh" | "chaos";
  /** JSON Schema, draft 2020-12, as is `output`. */
  readonly input: JsonObject;
  readonly output?: JsonObject;
  readonly examples: readonly { readonly title: string | Localized; readonly input: JsonObject }[];
  readonly runtime: Runtime;
  readonly execution?: {
    /**
     * `async` (default): `POST /runs` answers immediately. `sync`: it answers with the end of the run, if the run ends
     * within the time that the server allows.
     */
    readonly mode?: "async" | "sync";
    /**
     * `kafka`, `webhook`: the team expects the events at a sink of the project, and registering warns when there is
     * none. `stream` is always available.
     */
    readonly callback?: "none" | "kafka" | "webhook" | "stream";
    readonly idempotent?: boolean;
  };
  readonly resources?: RegisteredResources;
  readonly timeouts?: {
    readonly queue?: string;
    /** Limit until its program runs: scheduling and start together. */
    readonly pending?: string;
    readonly attempt?: string;
    readonly total?: string;
    /** Interval of heartbeats. "0" or absent: no heartbeats are required. */
    readonly heartbeat?: string;
  };
  readonly retry?: {
    /** Number of attempts after the first one. */
    readonly max?: number;
    readonly backoff?: {
      readonly base?: string;
      readonly factor?: number;
      readonly max?: string;
      readonly jitter?: "none" | "equal" | "full";
    };
    readonly on?: readonly ("interrupted" | "start_failed" | "failed")[];
  };
  readonly failureMap?: readonly {
    readonly exitCode: number;
    readonly reason?: string;
    readonly domain?: "job" | "config" | "dependency" | "platform";
    readonly retryable?: boolean;
  }[];
  /** Capabilities that the type asks for. An administrator grants them for each project. */
  readonly capabilities?: RegisteredCapabilities;
  readonly concurrency?: {
    readonly global?: number;
    readonly perTenant?: number;
    /** JSON Pointer into `{input}`. Jobs with the same value do not run at the same time. */
    readonly key?: string;
    readonly onLimit?: "queue" | "cancel" | "fail";
  };
  readonly metrics?: { readonly labels?: readonly string[] };
}

interface RegisteredResources {
  readonly default?: Readonly<Record<string, string>>;
  readonly max?: Readonly<Record<string, string>>;
  readonly gpu?: { readonly resource?: string; readonly min?: number; readonly max?: number; readonly gang?: boolean };
}

interface RegisteredCapabilities {
  /** Allowed destinations: `service:port`, `namespace/service:port`, or `internet:port`. */
  readonly network?: readonly string[];
  /** Names of Secrets in the project's namespace. */
  readonly secrets?: readonly string[];
  readonly volumes?: { readonly max?: string };
  /** Ports to which other pods of the project may connect: `metrics:9090`. */
  readonly services?: readonly string[];
  readonly k8s?: readonly string[];
}

interface PodRuntime {
  readonly image: string;
  readonly template?: JsonObject;
  readonly args?: string | readonly string[];
  /**
   * Addresses to which this run connects, within the grants: `{{input.host}}:{{input.port}}`. Used by profiles that
   * limit each run.
   */
  readonly targets?: readonly string[];
}

/**
 * `T1`: a pod from a template. `T2`: a worker, the team's own HTTP service. `T3`: a pod that reports to the API with
 * its own token.
 */
export type Runtime =
  | (PodRuntime & {
      readonly tier: "T1";
      /** Number of pods that run at the same time, all or none: a number, or one placeholder. */
      readonly pods?: number | string;
    })
  | (PodRuntime & { readonly tier: "T3" })
  | { readonly tier: "T2"; readonly url: string; readonly secret: string };

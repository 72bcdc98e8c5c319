// A job type as its team registers it: one document gives validation, form, help, docs page, and how it runs. The shape only; what each part
// must satisfy is said by the checks. Times are texts like "30m", sizes Kubernetes quantities.
import type { JsonObject } from "../../model/data/json.ts";
import type { Localized } from "../../model/data/text.ts";

export const REGISTRATION_VERSIONS = ["kubemin.dev/v1", "kubemin.io/v1"] as const;

/** Pods of one job. */
export const MOST_PODS = 256;

/** draft: nobody can run it · validated: a sample run went well · active · deprecated: runs, with a warning · disabled: nothing starts. */
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
  /** Semantic version; runs keep the one that they started with. */
  readonly version: string;
  readonly lifecycle?: Lifecycle;
  readonly summary: Localized;
  /**
   * What its pods get without asking; by the resources that it names when it says nothing. `gang` is `gpu` for several pods (`pods` of the
   * runtime), as is `gang: true` of the resources.
   */
  readonly profile?: "task" | "gpu" | "gang" | "helm" | "ssh" | "chaos";
  /** JSON Schemas, 2020-12. */
  readonly input: JsonObject;
  readonly output?: JsonObject;
  readonly examples: readonly { readonly title: string | Localized; readonly input: JsonObject }[];
  readonly runtime: Runtime;
  readonly execution?: {
    /** sync: `POST /runs` answers with the end, when it comes within the server's bound; async (default): at once. */
    readonly mode?: "async" | "sync";
    /** kafka, webhook: its events are expected at a sink of the project; registering warns when there is none. A stream is always there. */
    readonly callback?: "none" | "kafka" | "webhook" | "stream";
    readonly idempotent?: boolean;
  };
  readonly resources?: RegisteredResources;
  readonly timeouts?: {
    readonly queue?: string;
    /** Until its program runs: schedule and start together. */
    readonly pending?: string;
    readonly attempt?: string;
    readonly total?: string;
    /** "0" or missing: no signs of life are asked for. */
    readonly heartbeat?: string;
  };
  readonly retry?: {
    /** Attempts after the first one. */
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
  /** Asked for here, granted by an administrator for each project. */
  readonly capabilities?: RegisteredCapabilities;
  readonly concurrency?: {
    readonly global?: number;
    readonly perTenant?: number;
    /** JSON Pointer into `{input}`: jobs with the same value do not run beside each other. */
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
  /** `service:port`, `namespace/service:port`, or `internet:port`. */
  readonly network?: readonly string[];
  /** Names of Secrets of the project's namespace. */
  readonly secrets?: readonly string[];
  readonly volumes?: { readonly max?: string };
  /** Ports that other pods of the project may connect to: `metrics:9090`. */
  readonly services?: readonly string[];
  readonly k8s?: readonly string[];
}

interface PodRuntime {
  readonly image: string;
  readonly template?: JsonObject;
  readonly args?: string | readonly string[];
  /** `{{input.host}}:{{input.port}}`: where this run connects to, inside of what was granted; for profiles that narrow it down so far. */
  readonly targets?: readonly string[];
}

/** T1: a pod, described · T2: a service of the team's own, over HTTP · T3: a pod that tells of itself by a token of its own. */
export type Runtime =
  | (PodRuntime & {
      readonly tier: "T1";
      /** How many pods work side by side, all or none: a number, or one placeholder. */
      readonly pods?: number | string;
    })
  | (PodRuntime & { readonly tier: "T3" })
  | { readonly tier: "T2"; readonly url: string; readonly secret: string };

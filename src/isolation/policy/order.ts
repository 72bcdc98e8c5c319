// The input for rendering a job's pod (PodOrder) and its result: identity of the job, what was asked for and granted,
// timeouts, and what the cluster supports.
import type { JsonObject } from "../../model/data/json.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import type { Problem } from "../../model/problems/problem.ts";
import type { Capabilities, Grants } from "./capability.ts";
import type { ProfileName } from "./profile.ts";
import type { Quantities } from "./resources.ts";

export interface PodOrder {
  readonly profile: ProfileName;
  readonly capabilities: Capabilities;
  readonly grants: Grants;
  readonly identity: JobIdentity;
  readonly timeouts: Timeouts;
  /**
   * Resources from the registration: `default` for the main container where it has no own values, `min` and `max` for
   * all containers of the pod together.
   */
  readonly resources?: { readonly default?: Quantities; readonly min?: Quantities; readonly max?: Quantities };
  readonly runtime: RuntimeSupport;
}

export interface JobIdentity {
  readonly project: string;
  readonly namespace: string;
  /** Name of the pod. No other attempt has the same name. */
  readonly name: string;
  readonly run: string;
  /** Name of the job in its run. */
  readonly job: string;
  readonly type: string;
  readonly version: string;
  /** Claims and Secrets that kubemin created for this run. They may be used without a grant. */
  readonly claims?: readonly string[];
  readonly secrets?: readonly string[];
  /**
   * The account of `jobAccount`. The caller sets it only when the account already exists on the cluster, because a pod
   * of a missing account is never created. Without an account, the pod runs as the namespace's default account and gets
   * no token.
   */
  readonly account?: string;
}

interface Timeouts {
  /** Milliseconds that one attempt may take. */
  readonly attempt: number;
  /** Milliseconds from the pod having a node to the program running, in addition to the attempt. Default: none. */
  readonly start?: number;
  /** Milliseconds between the request to end and the forced end. */
  readonly grace?: number;
}

export interface RuntimeSupport {
  /**
   * The runtime and the kernels of the nodes support user namespaces. Where they do not, a pod that asks for one never
   * starts.
   */
  readonly hostUsers: boolean;
  /** The operator's runtime class for pods whose template names none, for example gVisor. */
  readonly runtimeClass?: string;
}

export interface RenderedPod {
  /** The pod; `null` when at least one problem is an error. */
  readonly pod: PodManifest | null;
  /**
   * Pointers lead into the template (`/template/spec/...`) or into the registration's capabilities
   * (`/capabilities/...`).
   */
  readonly problems: readonly Problem[];
}

export interface PodManifest extends Manifest {
  readonly spec: JsonObject;
}

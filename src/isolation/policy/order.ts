// What is ordered when a job's pod is rendered: whose job it is, what was asked and granted, how long it may take, what the cluster can do.
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
  /** What the registration says of resources: `default` for a container that says nothing, `min` and `max` for all containers of the pod together. */
  readonly resources?: { readonly default?: Quantities; readonly min?: Quantities; readonly max?: Quantities };
  readonly runtime: RuntimeSupport;
}

export interface JobIdentity {
  readonly project: string;
  readonly namespace: string;
  /** Of the pod; a name that no other attempt has. */
  readonly name: string;
  readonly run: string;
  /** Name of the job in its run. */
  readonly job: string;
  readonly type: string;
  readonly version: string;
  /** Claims and Secrets that kubemin made for this run: they may be used without a grant. */
  readonly claims?: readonly string[];
  readonly secrets?: readonly string[];
  /**
   * The account that `jobAccount` made, when it is on the cluster already: a pod of an account that does not exist is never made.
   * Without it the pod runs as the namespace's default account, without a token in either case.
   */
  readonly account?: string;
}

export interface Timeouts {
  /** Milliseconds. */
  readonly attempt: number;
  /** What it may take from its node to its running program; missing: nothing beside the attempt. */
  readonly start?: number;
  /** Milliseconds between "please end" and the end. */
  readonly grace?: number;
}

export interface RuntimeSupport {
  /** The runtime and the nodes' kernels support user namespaces. Where they do not, a pod that wants one never starts. */
  readonly hostUsers: boolean;
  /** The operator's choice for pods whose template names no runtime class (gVisor for images of others). */
  readonly runtimeClass?: string;
}

export interface RenderedPod {
  /** null as soon as one problem is an error: a pod that nobody may run is not handed out. */
  readonly pod: PodManifest | null;
  /** Pointers lead into the template (`/template/spec/...`), or into the registration's capabilities (`/capabilities/...`). */
  readonly problems: readonly Problem[];
}

export interface PodManifest extends Manifest {
  readonly spec: JsonObject;
}

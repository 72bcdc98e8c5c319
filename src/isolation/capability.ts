// What a job type asks for beside a place to compute, and what a project was granted: the same words on both sides, so that
// asking and granting can be compared field by field. What is not written is not asked for, and not granted.

export interface Capabilities {
  /** `models:443` (service of the project or namespace), `internet:443`, `203.0.113.0/24:5432` (addresses outside). */
  readonly network: readonly string[];
  /** Names of Secrets in the project's namespace; never their values. */
  readonly secrets: readonly string[];
  /** Most storage that the volumes of one run may have together; a Kubernetes quantity. */
  readonly volumes: string | undefined;
  /** Ports that other pods of the project may connect to while the job runs: `metrics:9090`. */
  readonly services: readonly string[];
  /** Extended resource -> most devices of one pod: `{"nvidia.com/gpu": 8}`. */
  readonly devices: Readonly<Record<string, number>>;
  /** What it does with the API of the cluster, in its own namespace: `deployments: get, create`. Only the helm profile may ask. */
  readonly cluster: readonly string[];
  readonly placement: Placement;
}

/** Where on the cluster the pods may go, and by whose hands. Each list names exact values; a node label may be `key` or `key=value`. */
export interface Placement {
  readonly nodeLabels: readonly string[];
  /** Keys of taints. */
  readonly tolerations: readonly string[];
  readonly runtimeClasses: readonly string[];
  readonly priorityClasses: readonly string[];
  readonly schedulers: readonly string[];
  readonly csiDrivers: readonly string[];
  /** Names of ResourceClaims and of their templates. */
  readonly deviceClaims: readonly string[];
  /** Domains of labels and annotations that pods may carry: `kueue.x-k8s.io`. */
  readonly metadataDomains: readonly string[];
}

export interface Grants extends Capabilities {
  /** Who may grant more, for the sentence that says so; empty: "an administrator of kubemin". */
  readonly granters: readonly string[];
}

export const NO_PLACEMENT: Placement = {
  nodeLabels: [],
  tolerations: [],
  runtimeClasses: [],
  priorityClasses: [],
  schedulers: [],
  csiDrivers: [],
  deviceClaims: [],
  metadataDomains: [],
};

export const NO_CAPABILITIES: Capabilities = {
  network: [],
  secrets: [],
  volumes: undefined,
  services: [],
  devices: {},
  cluster: [],
  placement: NO_PLACEMENT,
};

export const NO_GRANTS: Grants = { ...NO_CAPABILITIES, granters: [] };

// What a job type asks for beside a place to compute, and what a project was granted: the same words on both sides, so that
// asking and granting can be compared field by field. What is not written is not asked for, and not granted.

/** Of a registration document. */
export interface Capabilities {
  /** `models:443` (service of the project or namespace), `internet:443`, `192.0.2.0/24:5432` (addresses outside of the cluster). */
  readonly network: readonly string[];
  /** Names of Secrets in the project's namespace; never their values. */
  readonly secrets: readonly string[];
  /** Most storage that the volumes of one pod may have together; a Kubernetes quantity. */
  readonly volumes: string | undefined;
  /** Ports that other pods of the project may connect to while the job runs: `metrics:9090`. */
  readonly services: readonly string[];
  /** What it does with the API of the cluster in its own namespace, in the words of the one who grants it: `create deployments`. */
  readonly k8s: readonly string[];
}

/** Of a project, by an administrator. What stands below the capabilities is asked for by using it in the template. */
export interface Grants extends Capabilities {
  /** Extended resource -> most devices of one pod: `{"nvidia.com/gpu": 8}`. */
  readonly devices: Readonly<Record<string, number>>;
  /** `key` (any value) or `key=value`. */
  readonly nodeLabels: readonly string[];
  /** Keys of taints. */
  readonly tolerations: readonly string[];
  readonly runtimeClasses: readonly string[];
  readonly priorityClasses: readonly string[];
  readonly schedulers: readonly string[];
  readonly csiDrivers: readonly string[];
  readonly storageClasses: readonly string[];
  /** Names of ResourceClaims and of their templates. */
  readonly deviceClaims: readonly string[];
  /** Domains of labels and annotations that pods may carry: `kueue.x-k8s.io`. */
  readonly metadataDomains: readonly string[];
  /** Who may grant more, for the sentence that says so; empty: an administrator of kubemin. */
  readonly granters: readonly string[];
}

export const NO_CAPABILITIES: Capabilities = { network: [], secrets: [], volumes: undefined, services: [], k8s: [] };

export const NO_GRANTS: Grants = {
  ...NO_CAPABILITIES,
  devices: {},
  nodeLabels: [],
  tolerations: [],
  runtimeClasses: [],
  priorityClasses: [],
  schedulers: [],
  csiDrivers: [],
  storageClasses: [],
  deviceClaims: [],
  metadataDomains: [],
  granters: [],
};

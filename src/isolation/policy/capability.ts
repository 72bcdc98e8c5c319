// What a job type asks for in addition to cpu and memory, and what a project was granted. Both have the same fields, so
// that they can be compared field by field. A field that is empty means that nothing is asked for or granted.

/** What the registration document of a job type asks for. */
export interface Capabilities {
  /**
   * `models:443` (Service of the project, or a namespace), `internet:443`, `192.0.2.0/24:5432` (addresses outside the
   * cluster).
   */
  readonly network: readonly string[];
  /** Names of Secrets in the project's namespace; never their values. */
  readonly secrets: readonly string[];
  /** The most storage that the volumes of one pod may have together, as a Kubernetes quantity. */
  readonly volumes: string | undefined;
  /** Ports that other pods of the project may connect to while the job runs: `metrics:9090`. */
  readonly services: readonly string[];
  /**
   * What the job does with the Kubernetes API in its target namespace, in the notation of rights.ts: `create
   * deployments`.
   */
  readonly k8s: readonly string[];
}

/** What an administrator granted to a project. A template asks for the fields below the capabilities by using them. */
export interface Grants extends Capabilities {
  /** Extended resource -> the most devices that one pod may have: `{"nvidia.com/gpu": 8}`. */
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
  /** Domains of labels and annotations that pods may have: `kueue.x-k8s.io`. */
  readonly metadataDomains: readonly string[];
  /** Users that may grant more, for messages. When the list is empty, a message names "an administrator of kubemin". */
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

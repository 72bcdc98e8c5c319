// The policy matrix: what kind of work a job type is decides what its pods get without asking. Profiles are data; nothing else in the
// program asks for the name of one. There is no privileged profile: who needs one gets no pod from kubemin.
import type { Quantities } from "./resources.ts";

export type ProfileName = "task" | "gpu" | "gang" | "helm" | "ssh" | "chaos";

export interface Profile {
  /**
   * none: DNS and what was granted · peers: also the pods of the same run · cluster: also the API server, when use of it was granted ·
   * targets: DNS and the addresses that the run names, which must lie inside of what was granted.
   */
  readonly egress: "granted" | "peers" | "cluster" | "targets";
  /** named: Secrets of the granted names, mounted or as variables · perRun: only those that kubemin makes for the run. */
  readonly secrets: "named" | "perRun";
  /** none: an account without rights and without a token · bound: a token of minutes, when use of the cluster was granted. */
  readonly account: "none" | "bound";
  /** May ask for extended resources and for device claims. */
  readonly devices: boolean;
  /** /tmp, and volumes of the template that name no limit of their own. */
  readonly scratch: string;
  /** Shared memory for programs that talk through /dev/shm; counted as the pod's memory. */
  readonly sharedMemory: string | undefined;
  /** For one container of the template that says nothing itself. */
  readonly resources: { readonly requests: Quantities; readonly limits: Quantities };
  /** Milliseconds of one attempt, when the registration says nothing. */
  readonly timeout: number;
  readonly approval: Approval;
  readonly retry: "idempotent" | "infrastructure" | "checkpoint" | "never";
}

/** When somebody has to say yes first: never · always · above so many devices · for objects of the whole cluster · for hosts of these groups. */
export type Approval =
  | { readonly when: "never" }
  | { readonly when: "always" }
  | { readonly when: "devices"; readonly above: number }
  | { readonly when: "clusterScoped" }
  | { readonly when: "hostGroups"; readonly groups: readonly string[] };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const SMALL: Profile["resources"] = {
  requests: { cpu: "100m", memory: "128Mi", "ephemeral-storage": "256Mi" },
  limits: { cpu: "1", memory: "512Mi", "ephemeral-storage": "1Gi" },
};
const LARGE: Profile["resources"] = {
  requests: { cpu: "1", memory: "4Gi", "ephemeral-storage": "4Gi" },
  limits: { cpu: "4", memory: "16Gi", "ephemeral-storage": "20Gi" },
};

export const PROFILES = {
  task: {
    egress: "granted",
    secrets: "named",
    account: "none",
    devices: false,
    scratch: "512Mi",
    sharedMemory: undefined,
    resources: SMALL,
    timeout: 30 * MINUTE,
    approval: { when: "never" },
    retry: "idempotent",
  },
  gpu: {
    egress: "granted",
    secrets: "named",
    account: "none",
    devices: true,
    scratch: "10Gi",
    sharedMemory: "1Gi",
    resources: LARGE,
    timeout: 4 * HOUR,
    approval: { when: "devices", above: 8 },
    retry: "infrastructure",
  },
  gang: {
    egress: "peers",
    secrets: "named",
    account: "none",
    devices: true,
    scratch: "10Gi",
    sharedMemory: "8Gi",
    resources: LARGE,
    timeout: 7 * 24 * HOUR,
    approval: { when: "devices", above: 8 },
    retry: "checkpoint",
  },
  helm: {
    egress: "cluster",
    secrets: "named",
    account: "bound",
    devices: false,
    scratch: "512Mi",
    sharedMemory: undefined,
    resources: SMALL,
    timeout: 15 * MINUTE,
    approval: { when: "clusterScoped" },
    retry: "never",
  },
  ssh: {
    egress: "targets",
    secrets: "perRun",
    account: "none",
    devices: false,
    scratch: "512Mi",
    sharedMemory: undefined,
    resources: SMALL,
    timeout: 15 * MINUTE,
    approval: { when: "hostGroups", groups: ["prod"] },
    retry: "never",
  },
  chaos: {
    egress: "cluster",
    secrets: "perRun",
    account: "bound",
    devices: false,
    scratch: "64Mi",
    sharedMemory: undefined,
    resources: SMALL,
    timeout: 30 * MINUTE,
    approval: { when: "always" },
    retry: "never",
  },
} as const satisfies Record<ProfileName, Profile>;

export function profileOf(name: ProfileName): Profile {
  return PROFILES[name];
}

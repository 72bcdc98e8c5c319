// The policy matrix: what kind of work a job type is decides what its pods get without asking. Profiles are data; nothing else in the
// program asks for the name of one. There is no privileged profile: who needs one gets no pod from kubemin.
import type { Quantities } from "./resources.ts";

export type ProfileName = "task" | "gpu" | "helm" | "ssh" | "chaos";

export interface Profile {
  /**
   * none: DNS and what was granted · cluster: also the API server, when use of it was granted ·
   * targets: DNS and the addresses that the run names, which must lie inside of what was granted.
   */
  readonly egress: "granted" | "cluster" | "targets";
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
  readonly retry: "idempotent" | "infrastructure" | "never";
}

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
    retry: "infrastructure",
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
    retry: "never",
  },
} as const satisfies Record<ProfileName, Profile>;

export function profileOf(name: ProfileName): Profile {
  return PROFILES[name];
}

// The profiles of job types: the kind of work decides what a pod gets without asking. Profiles are data; no other code
// asks for the name of one. There is no privileged profile: kubemin never creates a privileged pod for a job.
import type { Quantities } from "./resources.ts";

export type ProfileName = "task" | "gpu" | "helm" | "ssh" | "chaos";

interface Profile {
  /**
   * granted: DNS and what was granted · cluster: also the API server, when its use was granted · targets: DNS and the
   * addresses that the run names, which must lie inside what was granted
   */
  readonly egress: "granted" | "cluster" | "targets";
  /**
   * named: Secrets with granted names, mounted or as variables · perRun: only those that kubemin creates for the run
   */
  readonly secrets: "named" | "perRun";
  /**
   * none: an account without rights and without a token · bound: a short-lived token, when the use of the Kubernetes
   * API was granted
   */
  readonly account: "none" | "bound";
  /** The template may ask for extended resources and for device claims. */
  readonly devices: boolean;
  /** Size of /tmp, and of volumes of the template without an own limit. */
  readonly scratch: string;
  /** Size of /dev/shm; it counts as memory of the pod. `undefined` when the pod gets none. */
  readonly sharedMemory: string | undefined;
  /** Default resources of the first container; the other containers get those of the profile `task`. */
  readonly resources: { readonly requests: Quantities; readonly limits: Quantities };
  /** Milliseconds of one attempt, when the registration sets no timeout. */
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

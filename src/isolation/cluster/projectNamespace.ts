// The manifests of a project's namespace: Pod Security level, quota, default limits, and a network policy that allows
// only name servers. This file only builds manifests; it does not decide when they are created or with which rights.
import { createHash } from "node:crypto";
import type { JsonObject } from "../../model/data/json.ts";
import type { ClusterNetwork } from "../../model/kubernetes/clusterNetwork.ts";
import { ACCOUNT_PREFIX, JOB_LABELS } from "../../model/kubernetes/jobLabels.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../model/kubernetes/manifest.ts";
import { DNS_LABEL } from "../../model/kubernetes/name.ts";
import { labelValue } from "../policy/labelValue.ts";
import type { PodOrder } from "../policy/order.ts";
import type { Quantities } from "../policy/resources.ts";
import { dnsRule } from "./networkPolicy.ts";

interface ProjectSettings {
  readonly project: string;
  readonly namespace: string;
  /**
   * run: only jobs · app: also applications, so only pods of jobs are isolated from the network, and Pod Security is
   * `baseline`
   */
  readonly class: "run" | "app";
  /**
   * Names as in a ResourceQuota: `requests.cpu`, `requests.nvidia.com/gpu`, `count/pods`. A name that is absent keeps
   * the default.
   */
  readonly quota?: Quantities;
  /** Names as in a ResourceQuota that have no limit, although there is a default. */
  readonly unlimited?: readonly string[];
  readonly limits?: Partial<ContainerLimits>;
}

/**
 * `default` and `defaultRequest` apply to a container without its own values; `max` to one container; `volumeMax` to
 * one volume.
 */
interface ContainerLimits {
  readonly default: Quantities;
  readonly defaultRequest: Quantities;
  readonly max: Quantities;
  readonly volumeMax: string;
}

const QUOTA: Quantities = {
  "requests.cpu": "20",
  "requests.memory": "64Gi",
  "requests.ephemeral-storage": "200Gi",
  "limits.cpu": "40",
  "limits.memory": "128Gi",
  "requests.nvidia.com/gpu": "0",
  "count/pods": "200",
  persistentvolumeclaims: "20",
  "requests.storage": "500Gi",
  "services.loadbalancers": "0",
  "services.nodeports": "0",
};

const LIMITS: ContainerLimits = {
  default: { cpu: "1", memory: "512Mi", "ephemeral-storage": "1Gi" },
  defaultRequest: { cpu: "100m", memory: "128Mi", "ephemeral-storage": "256Mi" },
  max: { cpu: "16", memory: "64Gi", "ephemeral-storage": "100Gi" },
  volumeMax: "100Gi",
};

const LONGEST_NAME = 63;

/**
 * The namespace in which the jobs of a project run, in whatever namespaces its applications are. Two projects never
 * have the same one.
 */
export function runNamespaceOf(project: string): string {
  const name = `kubemin-run-${project}`;
  if (DNS_LABEL.test(name) && name.length <= LONGEST_NAME) return name;
  const word = project
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 30)
    .replaceAll(/^-+|-+$/g, "");
  return `kubemin-run-${word === "" ? "" : `${word}-`}${createHash("sha256").update(project).digest("hex").slice(0, 10)}`;
}

const LEVEL = { run: "restricted", app: "baseline" } as const;
const NAME = "kubemin";

/**
 * In the order of creation: first the namespace, then its network policies, so that it is closed before anything runs
 * in it.
 */
export function projectNamespace(settings: ProjectSettings, cluster: ClusterNetwork): readonly Manifest[] {
  return [
    namespace(settings),
    defaultDeny(settings),
    nameServersOnly(settings, cluster),
    quota(settings),
    limits(settings),
  ];
}

function namespace({ project, namespace: name, class: level }: ProjectSettings): Manifest {
  const modes = ["enforce", "audit", "warn"].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, mode === "enforce" ? LEVEL[level] : "restricted"],
    [`pod-security.kubernetes.io/${mode}-version`, "latest"],
  ]);
  const labels = { ...ownLabels(project), ...(Object.fromEntries(modes) as Readonly<Record<string, string>>) }; // pairs of texts
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

function ownLabels(project: string): Readonly<Record<string, string>> {
  return { [LABELS.managedBy]: MANAGED_BY, [LABELS.project]: labelValue(project) };
}

/**
 * In a namespace of jobs, all pods. Next to applications, only the pods of jobs; applications define their own network
 * rules.
 */
function selected({ class: level }: ProjectSettings): JsonObject {
  return level === "run" ? {} : { matchExpressions: [{ key: JOB_LABELS.type, operator: "Exists" }] };
}

function policy(settings: ProjectSettings, name: string, spec: JsonObject): Manifest {
  const metadata = { name, namespace: settings.namespace, labels: ownLabels(settings.project) };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata,
    spec: { podSelector: selected(settings), ...spec },
  };
}

const defaultDeny = (settings: ProjectSettings): Manifest =>
  policy(settings, `${NAME}-default-deny`, { policyTypes: ["Ingress", "Egress"] });

const nameServersOnly = (settings: ProjectSettings, cluster: ClusterNetwork): Manifest =>
  policy(settings, `${NAME}-dns`, { policyTypes: ["Egress"], egress: [dnsRule(cluster)] });

function quota(settings: ProjectSettings): Manifest {
  const metadata = { name: NAME, namespace: settings.namespace, labels: ownLabels(settings.project) };
  const all = Object.entries({ ...QUOTA, ...settings.quota });
  const hard = Object.fromEntries(all.filter(([name]) => settings.unlimited?.includes(name) !== true));
  return { apiVersion: "v1", kind: "ResourceQuota", metadata, spec: { hard } };
}

function limits(settings: ProjectSettings): Manifest {
  const metadata = { name: NAME, namespace: settings.namespace, labels: ownLabels(settings.project) };
  const { default: standard, defaultRequest, max, volumeMax } = { ...LIMITS, ...settings.limits };
  const spec = {
    limits: [
      { type: "Container", default: standard, defaultRequest, max },
      { type: "PersistentVolumeClaim", max: { storage: volumeMax } },
    ],
  };
  return { apiVersion: "v1", kind: "LimitRange", metadata, spec };
}

/**
 * The account of one job's pod: without a token, and without rights except those of `jobRights`. The caller creates it
 * before the pod.
 */
export function jobAccount({
  namespace: where,
  project,
  type,
  name,
}: Pick<PodOrder["identity"], "namespace" | "project" | "type" | "name">): Manifest {
  const labels = { ...ownLabels(project), [JOB_LABELS.type]: labelValue(type) };
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: `${ACCOUNT_PREFIX}${name}`, namespace: where, labels },
    automountServiceAccountToken: false,
  };
}

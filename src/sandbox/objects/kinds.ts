// The kinds that the sandbox serves, and the facts that it reports about itself. Other kinds are refused, as an API
// server refuses a kind without a CRD.
import type { ObjectRef } from "../../model/kubernetes/manifest.ts";
import type { ClusterFacts } from "../../model/run/plan.ts";

const NAMESPACED = [
  "ConfigMap",
  "Secret",
  "Service",
  "ServiceAccount",
  "PersistentVolumeClaim",
  "Pod",
  "ResourceQuota",
  "LimitRange",
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "apps/ReplicaSet",
  "batch/Job",
  "batch/CronJob",
  "networking.k8s.io/Ingress",
  "networking.k8s.io/NetworkPolicy",
  "discovery.k8s.io/EndpointSlice",
  "gateway.networking.k8s.io/Gateway",
  "gateway.networking.k8s.io/HTTPRoute",
  "autoscaling/HorizontalPodAutoscaler",
  "policy/PodDisruptionBudget",
  "rbac.authorization.k8s.io/Role",
  "rbac.authorization.k8s.io/RoleBinding",
  "kueue.x-k8s.io/LocalQueue",
  "kueue.x-k8s.io/Workload",
] as const;

const CLUSTER_WIDE = [
  "Namespace",
  "Node",
  "PersistentVolume",
  "apiextensions.k8s.io/CustomResourceDefinition",
  "storage.k8s.io/StorageClass",
  "networking.k8s.io/IngressClass",
  "gateway.networking.k8s.io/GatewayClass",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "scheduling.k8s.io/PriorityClass",
  "kueue.x-k8s.io/ClusterQueue",
] as const;

const WHERE = new Map<string, "namespace" | "cluster">([
  ...NAMESPACED.map((kind) => [kind, "namespace"] as const),
  ...CLUSTER_WIDE.map((kind) => [kind, "cluster"] as const),
]);

/** `group/Kind`, or `Kind` for core kinds. All tables of the sandbox use these keys. */
export function groupKind(ref: Pick<ObjectRef, "apiVersion" | "kind">): string {
  const slash = ref.apiVersion.indexOf("/");
  return slash < 0 ? ref.kind : `${ref.apiVersion.slice(0, slash)}/${ref.kind}`;
}

export function scopeOf(ref: Pick<ObjectRef, "apiVersion" | "kind">): "namespace" | "cluster" | undefined {
  return WHERE.get(groupKind(ref));
}

/**
 * RFC 2606 reserves `.invalid` for names that never resolve, so that the address is not mistaken for one that a browser
 * can open.
 */
export const SANDBOX_ADDRESS = "sandbox.invalid:80";
export const INGRESS_CLASS = "sandbox";
export const GATEWAY = { namespace: "sandbox", name: "public" } as const;

export function sandboxFacts(name: string): ClusterFacts {
  return {
    name,
    kind: "sandbox",
    version: "sandbox",
    kinds: [...WHERE.keys()].sort(),
    clusterKinds: [...CLUSTER_WIDE],
    ingressClasses: [{ name: INGRESS_CLASS, default: true }],
    gateways: [{ ...GATEWAY, addresses: [SANDBOX_ADDRESS] }],
    storageClasses: [{ name: "sandbox", default: true, expandable: true }],
  };
}

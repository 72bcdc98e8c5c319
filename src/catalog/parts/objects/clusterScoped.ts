// Decides which kinds belong to no namespace: by a built-in list, by what the cluster reports, and by custom resource
// definitions of the same component.
import { dig } from "../../../model/data/json.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import type { ClusterFacts } from "../../../model/run/plan.ts";

/** Kinds that are known without a cluster, so that a document can be checked offline. */
export const CLUSTER_WIDE: ReadonlySet<string> = new Set([
  "Namespace",
  "Node",
  "PersistentVolume",
  "storage.k8s.io/StorageClass",
  "storage.k8s.io/CSIDriver",
  "storage.k8s.io/VolumeAttachment",
  "networking.k8s.io/IngressClass",
  "gateway.networking.k8s.io/GatewayClass",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "scheduling.k8s.io/PriorityClass",
  "node.k8s.io/RuntimeClass",
  "apiextensions.k8s.io/CustomResourceDefinition",
  "apiregistration.k8s.io/APIService",
  "certificates.k8s.io/CertificateSigningRequest",
  "admissionregistration.k8s.io/MutatingWebhookConfiguration",
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
  "flowcontrol.apiserver.k8s.io/FlowSchema",
  "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration",
]);

type Kinded = Pick<Manifest, "apiVersion" | "kind">;

/** `group/Kind`; for the core group only the kind. */
export function groupKindOf({ apiVersion, kind }: Kinded): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? kind : `${apiVersion.slice(0, slash)}/${kind}`;
}

/** `beside` contains the objects of the same component. An unknown kind is taken for a namespaced one. */
export function isClusterWide(object: Kinded, beside: readonly Manifest[], facts: ClusterFacts): boolean {
  const wanted = groupKindOf(object);
  if (CLUSTER_WIDE.has(wanted) || facts.clusterKinds?.includes(wanted) === true) return true;
  return beside.some(
    (one) =>
      one.kind === "CustomResourceDefinition" &&
      `${String(dig(one, "spec", "group"))}/${String(dig(one, "spec", "names", "kind"))}` === wanted &&
      dig(one, "spec", "scope") === "Cluster",
  );
}

/** Kinds whose deletion loses data, or all objects inside them. They are kept when the application is deleted. */
const HOLDS_DATA: ReadonlySet<string> = new Set([
  "PersistentVolumeClaim",
  "PersistentVolume",
  "Namespace",
  "apiextensions.k8s.io/CustomResourceDefinition",
]);

export function holdsData(object: Kinded): boolean {
  return HOLDS_DATA.has(groupKindOf(object));
}

// The table of status rules: which rule judges which kind, and which other kinds it reads. While the watch of one of
// those is stale, the health is unknown (judgement.ts).
import type { Kind } from "../../watches/cache.ts";
import { DEPLOYMENT, ENDPOINT_SLICE, JOB, POD, REPLICA_SET, STATEFUL_SET } from "../../watches/cache.ts";
import { customResourceDefinitionStatus } from "./customResourceDefinition.ts";
import { declaredStatus } from "./declared.ts";
import { existenceStatus } from "./existence.ts";
import { genericStatus } from "./generic.ts";
import { horizontalPodAutoscalerStatus } from "./horizontalPodAutoscaler.ts";
import { httpRouteStatus } from "./httpRoute.ts";
import { ingressStatus } from "./ingress.ts";
import { namespaceStatus } from "./namespace.ts";
import { persistentVolumeClaimStatus } from "./persistentVolumeClaim.ts";
import { podDisruptionBudgetStatus } from "./podDisruptionBudget.ts";
import { prelude } from "./prelude.ts";
import type { RuleInput, StatusRule } from "./rule.ts";
import { serviceStatus } from "./service.ts";
import { cronJobStatus } from "./workloads/cronJob.ts";
import { daemonSetStatus } from "./workloads/daemonSet.ts";
import { deploymentStatus } from "./workloads/deployment.ts";
import { jobStatus } from "./workloads/job.ts";
import { podStatus } from "./workloads/pod.ts";
import { replicaSetStatus } from "./workloads/replicaSet.ts";
import { statefulSetStatus } from "./workloads/statefulSet.ts";

interface Row {
  readonly rule: StatusRule;
  readonly looksAt: readonly Kind[];
}

const RULES: Readonly<Record<string, Row>> = {
  "apps/Deployment": { rule: deploymentStatus, looksAt: [REPLICA_SET, POD] },
  "apps/ReplicaSet": { rule: replicaSetStatus, looksAt: [POD] },
  "apps/StatefulSet": { rule: statefulSetStatus, looksAt: [POD] },
  "apps/DaemonSet": { rule: daemonSetStatus, looksAt: [POD] },
  "batch/Job": { rule: jobStatus, looksAt: [POD] },
  "batch/CronJob": { rule: cronJobStatus, looksAt: [JOB, POD] },
  Pod: { rule: podStatus, looksAt: [] },
  PersistentVolumeClaim: { rule: persistentVolumeClaimStatus, looksAt: [] },
  Service: { rule: serviceStatus, looksAt: [ENDPOINT_SLICE, DEPLOYMENT, STATEFUL_SET] },
  "networking.k8s.io/Ingress": { rule: ingressStatus, looksAt: [] },
  "gateway.networking.k8s.io/HTTPRoute": { rule: httpRouteStatus, looksAt: [] },
  "autoscaling/HorizontalPodAutoscaler": { rule: horizontalPodAutoscalerStatus, looksAt: [] },
  "policy/PodDisruptionBudget": { rule: podDisruptionBudgetStatus, looksAt: [] },
  ConfigMap: { rule: existenceStatus, looksAt: [] },
  Secret: { rule: existenceStatus, looksAt: [] },
  ServiceAccount: { rule: existenceStatus, looksAt: [] },
  "networking.k8s.io/NetworkPolicy": { rule: existenceStatus, looksAt: [] },
  "resource.k8s.io/ResourceClaimTemplate": { rule: existenceStatus, looksAt: [] },
  "rbac.authorization.k8s.io/Role": { rule: existenceStatus, looksAt: [] },
  "rbac.authorization.k8s.io/RoleBinding": { rule: existenceStatus, looksAt: [] },
  "rbac.authorization.k8s.io/ClusterRole": { rule: existenceStatus, looksAt: [] },
  "rbac.authorization.k8s.io/ClusterRoleBinding": { rule: existenceStatus, looksAt: [] },
  Namespace: { rule: namespaceStatus, looksAt: [] },
  "apiextensions.k8s.io/CustomResourceDefinition": { rule: customResourceDefinitionStatus, looksAt: [] },
};

const GENERIC: Row = { rule: genericStatus, looksAt: [] };

function rowOf({ apiVersion, kind }: Kind): Row {
  const slash = apiVersion.indexOf("/");
  return RULES[slash < 0 ? kind : `${apiVersion.slice(0, slash)}/${kind}`] ?? GENERIC;
}

export function kindsBehind(kind: Kind): readonly Kind[] {
  return rowOf(kind).looksAt;
}

/** The finding for one object: the general checks first, then the rule in its annotation, then the rule of its kind. */
export function statusOf(question: RuleInput) {
  return prelude(question) ?? declaredStatus(question) ?? rowOf(question.object).rule(question);
}

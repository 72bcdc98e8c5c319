// Installs and inspects the admission policies for pods of job types and the closed job namespace of a project. With
// them, the cluster itself refuses what kubemin would refuse. An administrator installs them once per cluster.
// `securityOf` only reads.
import { admissionPolicies } from "../../../isolation/cluster/admission.ts";
import { ADMISSION_RULES } from "../../../isolation/cluster/admissionRules.ts";
import { runNamespaceOf } from "../../../isolation/cluster/projectNamespace.ts";
import { UNKNOWN_NETWORK } from "../../../model/kubernetes/clusterNetwork.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { explainReason } from "../../../model/reasons/reason.ts";
import type { Cluster } from "../../../ports/cluster.ts";
import { ensureRunNamespace } from "./namespace.ts";

/**
 * `inForce`: the policy is installed unchanged. `changed`: it differs from what kubemin would install. `refused`:
 * kubemin has no right to read it, or the cluster does not support such policies.
 */
type PolicyState = "inForce" | "missing" | "changed" | "refused";

interface PolicyStatus {
  readonly rule: string;
  /** Field of the pod that the rule checks. */
  readonly field: string;
  readonly state: PolicyState;
  /** Reason of the cluster, in English. Empty when there is none. */
  readonly detail: string;
}

interface ClusterSecurity {
  readonly cluster: string;
  readonly policies: readonly PolicyStatus[];
  readonly namespace: { readonly name: string; readonly state: "made" | "missing" };
}

const HOW = { reveal: (text: string) => text, force: true } as const;

export async function securityOf(cluster: Cluster, project: string, signal: AbortSignal): Promise<ClusterSecurity> {
  const policies: PolicyStatus[] = [];
  for (const [index, { name, field }] of ADMISSION_RULES.entries()) {
    const [policy, binding] = objectsOf(index);
    const standings = await Promise.all([policy, binding].map((one) => standingOf(cluster, one, signal)));
    const worst = standings.find((one) => one.state !== "inForce") ?? { state: "inForce" as const, detail: "" };
    policies.push({ rule: name, field, ...worst });
  }
  const name = runNamespaceOf(project);
  const state = (await cluster.namespaceExists(name, signal)) ? "made" : "missing";
  return { cluster: cluster.name, policies, namespace: { name, state } };
}

/** The policy and the binding of a rule. `admissionPolicies` lists two objects per rule, in the order of the rules. */
function objectsOf(index: number): readonly (Manifest | undefined)[] {
  return admissionPolicies().slice(index * 2, index * 2 + 2);
}

const STATES = {
  same: "inForce",
  different: "changed",
  missing: "missing",
  foreign: "changed",
  refused: "refused",
} as const;

async function standingOf(
  cluster: Cluster,
  object: Manifest | undefined,
  signal: AbortSignal,
): Promise<{ readonly state: PolicyState; readonly detail: string }> {
  if (object === undefined) return { state: "inForce", detail: "" };
  const { state, reason } = await cluster.compare(object, { ...HOW, signal });
  return { state: STATES[state], detail: reason === undefined ? "" : explainReason(reason, "en") };
}

/**
 * Throws a `ClusterError` with the first refusal. `securityOf` then shows which policies are missing, and the call may
 * be repeated.
 */
export async function secureCluster(cluster: Cluster, project: string, signal: AbortSignal): Promise<void> {
  for (const object of admissionPolicies()) await cluster.apply(object, { ...HOW, signal });
  const network = (await cluster.network?.(signal)) ?? UNKNOWN_NETWORK;
  await ensureRunNamespace({ cluster, project, devices: {}, network, signal });
}

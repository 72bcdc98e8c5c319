// Taints that keep a pod off a node, and whether they pass: a node that is not ready recovers, a node that is reserved
// for others does not change.
import type { JsonObject } from "../../model/data/json.ts";
import { listAt, textAt } from "./optionalFields.ts";

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** Taints that the cluster sets and removes by itself, or that mark maintenance of a node. */
export const TRANSIENT: ReadonlySet<string> = new Set([
  "node.kubernetes.io/not-ready",
  "node.kubernetes.io/unreachable",
  "node.kubernetes.io/unschedulable",
  "node.kubernetes.io/disk-pressure",
  "node.kubernetes.io/memory-pressure",
  "node.kubernetes.io/pid-pressure",
  "node.kubernetes.io/network-unavailable",
  "node.kubernetes.io/out-of-service",
  "node.cloudprovider.kubernetes.io/uninitialized",
  "node.cloudprovider.kubernetes.io/shutdown",
  "ToBeDeletedByClusterAutoscaler",
  "DeletionCandidateOfClusterAutoscaler",
  "karpenter.sh/disrupted",
  "karpenter.sh/disruption",
  "karpenter.sh/unregistered",
  "nvidia.com/gpu-driver-upgrade-state",
]);

const UNSCHEDULABLE: Taint = { key: "node.kubernetes.io/unschedulable", value: "", effect: "NoSchedule" };
const KEEPS_OFF: ReadonlySet<string> = new Set(["NoSchedule", "NoExecute"]);

/**
 * The taints of a node that keep pods off. A cordoned node has the `unschedulable` taint even when it is not written.
 */
export function taintsOf(node: JsonObject): readonly Taint[] {
  const spec = node["spec"];
  const written = listAt(spec, "taints")
    .map((one) => ({ key: textAt(one, "key"), value: textAt(one, "value"), effect: textAt(one, "effect") }))
    .filter((one) => KEEPS_OFF.has(one.effect));
  const cordoned = typeof spec === "object" && spec !== null && "unschedulable" in spec && spec.unschedulable === true;
  return cordoned && !written.some((one) => one.key === UNSCHEDULABLE.key) ? [...written, UNSCHEDULABLE] : written;
}

export interface Toleration {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  readonly effect: string;
}

export function tolerationsOf(spec: JsonObject): readonly Toleration[] {
  return listAt(spec, "tolerations").map((one) => ({
    key: textAt(one, "key"),
    operator: textAt(one, "operator") || "Equal",
    value: textAt(one, "value"),
    effect: textAt(one, "effect"),
  }));
}

function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== "" && toleration.effect !== taint.effect) return false;
  if (toleration.key !== "" && toleration.key !== taint.key) return false;
  const { operator, value } = toleration;
  if (operator === "Exists") return true;
  if (operator === "Equal") return toleration.key !== "" && value === taint.value;
  const [bound, actual] = [Number(value), Number(taint.value)];
  // Numeric comparison exists since Kubernetes 1.35.
  return operator === "Gt" ? actual > bound : operator === "Lt" && actual < bound;
}

/**
 * A taint that keeps the pod off; a lasting taint comes before a transient one. `undefined` when the pod tolerates all.
 */
export function keptOffBy(taints: readonly Taint[], tolerations: readonly Toleration[]): Taint | undefined {
  if (taints.length === 0) return undefined;
  const left = taints.filter((taint) => !tolerations.some((one) => tolerates(one, taint)));
  return left.find((taint) => !TRANSIENT.has(taint.key)) ?? left[0];
}

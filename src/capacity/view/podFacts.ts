// A pod in the form that a check needs. It is read once and then compared with every node.
import type { JsonObject } from "../../model/data/json.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { HAMI_RESOURCES, type HamiWish, hamiWishOf } from "../devices/hamiPod.ts";
import { type Amounts, readAmounts } from "../kubernetes/amounts.ts";
import { type HostPort, hostPortsOf } from "../kubernetes/hostPorts.ts";
import { type LabelMap, labelsAt, listAt, numberAt, objectAt, textAt } from "../kubernetes/optionalFields.ts";
import { podRequests } from "../kubernetes/podRequests.ts";
import { type NodePredicate, nodeSelector, placementOf, placementWords } from "../kubernetes/selectors.ts";
import { type Toleration, tolerationsOf } from "../kubernetes/taints.ts";
import { withDefaults } from "../namespace/limitRange.ts";

/** What the check needs in addition to the view. The caller reads it, see src/kube/capacity/capacityFacts.ts. */
export interface PodFacts {
  /** The RuntimeClass of the pod. */
  readonly runtimeClass?: JsonObject;
  /** The value of the pod's PriorityClass. */
  readonly priority?: number;
  /** `Never`: the pod does not evict others. */
  readonly preemptionPolicy?: string;
  /** `spec.nodeAffinity.required` of the volumes that its claims are bound to. */
  readonly volumes?: readonly JsonObject[];
}

export interface PodShape {
  readonly namespace: string;
  readonly name: string;
  readonly labels: LabelMap;
  /** The spec with the defaults of the namespace and of the RuntimeClass. */
  readonly spec: JsonObject;
  /** The requests without those that the pod's scheduler does not look at. */
  readonly requests: Amounts;
  /** The requests that are more than zero. */
  readonly demands: readonly (readonly [string, number])[];
  readonly allowedOn: NodePredicate;
  /** The node selection in words. */
  readonly wanted: string;
  readonly tolerations: readonly Toleration[];
  readonly volumes: readonly NodePredicate[];
  readonly hostPorts: readonly HostPort[];
  readonly priority: number;
  /** It may evict pods of lower priority. */
  readonly preempts: boolean;
  readonly scheduler: string;
  readonly hami: HamiWish | undefined;
}

export function shapeOf(pod: Manifest, facts: PodFacts, ranges: readonly JsonObject[]): PodShape {
  const spec = withRuntimeClass(withDefaults(objectAt(pod, "spec") ?? {}, ranges), facts.runtimeClass);
  const hami = hamiWishOf(pod);
  const requests = podRequests(spec);
  if (hami !== undefined) for (const resource of HAMI_RESOURCES) requests.delete(resource);
  const node = textAt(spec, "nodeName");
  const allowed = placementOf(spec);
  return {
    namespace: pod.metadata.namespace ?? "",
    name: pod.metadata.name,
    labels: labelsAt(pod, "metadata", "labels"),
    spec,
    requests,
    demands: [...requests].filter(([, amount]) => amount > 0),
    allowedOn: node === "" ? allowed : (given) => given.name === node && allowed(given),
    wanted: [...(node === "" ? [] : [`metadata.name=${node}`]), placementWords(spec)]
      .filter((one) => one !== "")
      .join(", "),
    tolerations: tolerationsOf(spec),
    volumes: (facts.volumes ?? []).map(nodeSelector),
    hostPorts: hostPortsOf(spec),
    priority: numberAt(spec, "priority") ?? facts.priority ?? 0,
    preempts: (textAt(spec, "preemptionPolicy") || facts.preemptionPolicy) !== "Never",
    scheduler: textAt(spec, "schedulerName") || "default-scheduler",
    hami,
  };
}

/** What the admission of RuntimeClass writes into a pod: overhead, node selector and tolerations. */
function withRuntimeClass(spec: JsonObject, runtimeClass: JsonObject | undefined): JsonObject {
  if (runtimeClass === undefined) return spec;
  const overhead = objectAt(runtimeClass, "overhead", "podFixed");
  const selector = labelsAt(runtimeClass, "scheduling", "nodeSelector");
  return {
    ...spec,
    ...(overhead === undefined || readAmounts(overhead).size === 0 ? {} : { overhead }),
    nodeSelector: { ...labelsAt(spec, "nodeSelector"), ...selector },
    tolerations: [...listAt(spec, "tolerations"), ...listAt(runtimeClass, "scheduling", "tolerations")],
  };
}

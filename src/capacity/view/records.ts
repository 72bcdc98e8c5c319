// What the view stores of nodes and pods: only what a check needs, read once when the cluster reports the object.
import type { JsonObject } from "../../model/data/json.ts";
import { JOB_LABELS } from "../../model/kubernetes/jobLabels.ts";
import { LABELS } from "../../model/kubernetes/manifest.ts";
import { type HamiDevice, hamiDevicesOf } from "../devices/hamiNode.ts";
import { type HamiShare, hamiSharesOf } from "../devices/hamiPod.ts";
import { type Amounts, isExtended, readAmounts } from "../kubernetes/amounts.ts";
import { type HostPort, hostPortsOf } from "../kubernetes/hostPorts.ts";
import { type LabelMap, labelsAt, listAt, numberAt, objectAt, textAt } from "../kubernetes/optionalFields.ts";
import { currentRequests } from "../kubernetes/podRequests.ts";
import { type Taint, taintsOf } from "../kubernetes/taints.ts";

export interface NodeRecord {
  readonly name: string;
  readonly labels: LabelMap;
  readonly taints: readonly Taint[];
  readonly allocatable: Amounts;
  /** `allocatable` plus devices that exist but are unhealthy, or whose plug-in is starting: they may come back. */
  readonly atBest: Amounts;
  readonly hami: readonly HamiDevice[];
}

/** The amount under which claims for devices of drivers are counted, next to the resources of a pod. */
export const CLAIMS = "claims";

const GPU = "nvidia.com/gpu";

export function nodeRecord(node: JsonObject): NodeRecord {
  const labels = labelsAt(node, "metadata", "labels");
  const allocatable = readAmounts(objectAt(node, "status", "allocatable"));
  return {
    name: textAt(node, "metadata", "name"),
    labels,
    taints: taintsOf(node),
    allocatable,
    atBest: atBest(allocatable, readAmounts(objectAt(node, "status", "capacity")), labels),
    hami: hamiDevicesOf(labelsAt(node, "metadata", "annotations")),
  };
}

/** Only for devices: what the kubelet reserves of cpu and memory never becomes available. */
function atBest(allocatable: Amounts, capacity: Amounts, labels: LabelMap): Amounts {
  const better = new Map<string, number>();
  const raise = (resource: string, amount: number): void => {
    if (amount > (better.get(resource) ?? allocatable.get(resource) ?? 0)) better.set(resource, amount);
  };
  for (const [resource, amount] of capacity) if (isExtended(resource)) raise(resource, amount);
  // With MIG or renamed shares, the label counts cards that are offered under other resource names.
  const labelled = Number(labels["nvidia.com/gpu.count"] ?? Number.NaN);
  if (labelled > 0 && (allocatable.has(GPU) || capacity.has(GPU))) raise(GPU, labelled);
  return better.size === 0 ? allocatable : new Map([...allocatable, ...better]);
}

/** What a check needs of a pod except its node. Pods that are equal in it are counted, not stored one by one. */
export interface PodKind {
  readonly namespace: string;
  readonly labels: LabelMap;
  /** The pod is not bound yet. It counts only against pods of the same or a lower priority. */
  readonly nominated: boolean;
  /** The pod does not exist yet: room is reserved for it. It attracts no other pod. */
  readonly expected: boolean;
  readonly priority: number;
  readonly deleting: boolean;
  readonly requests: Amounts;
  readonly hostPorts: readonly HostPort[];
  /** Required anti-affinity terms as written; they also keep other pods off. */
  readonly keepsOff: readonly JsonObject[];
  /**
   * The project and the name of its run or component. The name is shown only to that project; it is empty when kubemin
   * did not create the pod.
   */
  readonly owner: { readonly project: string; readonly name: string };
}

export interface PodRecord {
  readonly kind: PodKind;
  /** The node where the pod runs, or where the scheduler evicts others for it. */
  readonly node: string;
  readonly hami: readonly HamiShare[];
}

const ENDED: ReadonlySet<string> = new Set(["Succeeded", "Failed"]);
const NO_HAMI: readonly HamiShare[] = [];

/** `undefined` when the pod takes nothing (any more). */
export function podRecord(pod: JsonObject): PodRecord | undefined {
  if (ENDED.has(textAt(pod, "status", "phase"))) return undefined;
  const bound = textAt(pod, "spec", "nodeName");
  const node = bound || textAt(pod, "status", "nominatedNodeName");
  if (node === "") return undefined;
  const spec = objectAt(pod, "spec") ?? {};
  const labels = labelsAt(pod, "metadata", "labels");
  const annotations = objectAt(pod, "metadata", "annotations");
  const kind: PodKind = {
    namespace: textAt(pod, "metadata", "namespace"),
    labels,
    nominated: bound === "",
    expected: false,
    priority: numberAt(spec, "priority") ?? 0,
    deleting: textAt(pod, "metadata", "deletionTimestamp") !== "",
    requests: withClaims(currentRequests(pod), spec),
    hostPorts: hostPortsOf(spec),
    keepsOff: listAt(spec, "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"),
    owner: podOwner(labels),
  };
  const hami = annotations === undefined ? NO_HAMI : hamiSharesOf(annotations, listAt(spec, "initContainers").length);
  return { kind, node, hami };
}

export function withClaims(requests: Amounts, spec: JsonObject): Amounts {
  const claims = listAt(spec, "resourceClaims").length;
  return claims === 0 ? requests : new Map([...requests, [CLAIMS, claims]]);
}

/** `shop/train`, or the name of the run when the run belongs to no application. */
export function podOwner(labels: LabelMap): PodKind["owner"] {
  const project = labels[LABELS.project] ?? "";
  const whole = labels[LABELS.application] || (labels[JOB_LABELS.run] ?? "");
  const part = labels[LABELS.kubeminComponent] ?? "";
  return { project, name: whole === "" || part === "" ? whole : `${whole}/${part}` };
}

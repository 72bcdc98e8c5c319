// What the view keeps of nodes and pods: the least that a check needs, made once when the cluster tells of the object.
import type { JsonObject } from "../../model/data/json.ts";
import { LABELS } from "../../model/kubernetes/manifest.ts";
import { type HamiDevice, hamiDevicesOf } from "../devices/hamiNode.ts";
import { type HamiShare, hamiSharesOf } from "../devices/hamiPod.ts";
import { type Amounts, isExtended, readAmounts } from "../kubernetes/amounts.ts";
import { type HostPort, hostPortsOf } from "../kubernetes/hostPorts.ts";
import { type Labels, labelsAt, listAt, numberAt, objectAt, textAt } from "../kubernetes/optionalFields.ts";
import { heldRequests } from "../kubernetes/podRequests.ts";
import { type Taint, taintsOf } from "../kubernetes/taints.ts";

export interface NodeRecord {
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly allocatable: Amounts;
  /** With the devices that are there and not healthy, or whose plug-in is starting: they may come back. */
  readonly atBest: Amounts;
  readonly hami: readonly HamiDevice[];
}

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

/** Only of devices: what the kubelet keeps back of cpu and memory is never given. */
function atBest(allocatable: Amounts, capacity: Amounts, labels: Labels): Amounts {
  const better = new Map<string, number>();
  const raise = (resource: string, amount: number): void => {
    if (amount > (better.get(resource) ?? allocatable.get(resource) ?? 0)) better.set(resource, amount);
  };
  for (const [resource, amount] of capacity) if (isExtended(resource)) raise(resource, amount);
  // With MIG or renamed shares the label counts cards that are offered under other names.
  const labelled = Number(labels["nvidia.com/gpu.count"] ?? Number.NaN);
  if (labelled > 0 && (allocatable.has(GPU) || capacity.has(GPU))) raise(GPU, labelled);
  return better.size === 0 ? allocatable : new Map([...allocatable, ...better]);
}

/** What a check asks of a pod, but for where it is: pods that are equal in it are counted, and not kept one by one. */
export interface PodKind {
  readonly namespace: string;
  readonly labels: Labels;
  /** Not there yet: it counts only against pods that are not more important. */
  readonly nominated: boolean;
  readonly priority: number;
  readonly deleting: boolean;
  readonly requests: Amounts;
  readonly hostPorts: readonly HostPort[];
  /** Required anti-affinity terms, as written: they keep others off too. */
  readonly keepsOff: readonly JsonObject[];
  /** Whose it is; the name is told to that project only, and empty where the pod is none of ours. */
  readonly owner: { readonly project: string; readonly name: string };
}

export interface PodRecord {
  readonly kind: PodKind;
  /** Where it counts: where it runs, or where room is being made for it. */
  readonly node: string;
  readonly hami: readonly HamiShare[];
}

const ENDED: ReadonlySet<string> = new Set(["Succeeded", "Failed"]);
const NO_HAMI: readonly HamiShare[] = [];
const RUN_LABEL = "kubemin.dev/run";

/** Undefined: it holds nothing (any more). */
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
    priority: numberAt(spec, "priority") ?? 0,
    deleting: textAt(pod, "metadata", "deletionTimestamp") !== "",
    requests: heldRequests(pod),
    hostPorts: hostPortsOf(spec),
    keepsOff: listAt(spec, "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"),
    owner: ownerOf(labels),
  };
  const hami = annotations === undefined ? NO_HAMI : hamiSharesOf(annotations, listAt(spec, "initContainers").length);
  return { kind, node, hami };
}

/** `shop/train`; of a run that belongs to no application its own name. */
function ownerOf(labels: Labels): PodKind["owner"] {
  const project = labels[LABELS.project] ?? "";
  const whole = labels[LABELS.application] || (labels[RUN_LABEL] ?? "");
  const part = labels[LABELS.kubeminComponent] ?? "";
  return { project, name: whole === "" || part === "" ? whole : `${whole}/${part}` };
}

// Nodes that do not exist yet. Where the operator told us of node groups we can tell whether one of them would take the pod; where an
// autoscaler works and told us nothing, "no node today" is not "never". Also reads what autoscalers say in their events.
import type { JsonObject } from "../../model/data/json.ts";
import { readAmounts } from "../kubernetes/amounts.ts";
import { labelsAt, objectAt } from "../kubernetes/optionalFields.ts";
import { taintsOf } from "../kubernetes/taints.ts";
import type { PodShape } from "../view/podFacts.ts";
import type { NodeRecord } from "../view/records.ts";
import { fitNode, type Surroundings } from "./nodeFit.ts";

/** A kind of node that an autoscaler may make more of. */
export interface NodeGroup {
  readonly name: string;
  /** `{metadata: {labels}, spec: {taints}, status: {allocatable}}`, as a node of it will be. Its labels tell which nodes are of the group. */
  readonly template: JsonObject;
  readonly maxNodes: number;
}

export interface Growth {
  readonly group: string;
  /** That may still be made. */
  readonly nodes: number;
  readonly pods: number;
}

/** The group that could bring most pods; undefined when none could bring any. */
export function growthFor(shape: PodShape, groups: readonly NodeGroup[], around: Surroundings): Growth | undefined {
  const growths = groups.map((group) => growthOf(shape, group, around)).filter((one) => one.pods > 0);
  return growths.toSorted((a, b) => b.pods - a.pods)[0];
}

function growthOf(shape: PodShape, group: NodeGroup, around: Surroundings): Growth {
  const labels = labelsAt(group.template, "metadata", "labels");
  const isMember = (node: NodeRecord): boolean =>
    Object.entries(labels).every(([key, value]) => node.labels[key] === value);
  const members = [...around.view.nodes()].filter(isMember).length;
  const nodes = Math.max(0, group.maxNodes - members);
  const allocatable = readAmounts(objectAt(group.template, "status", "allocatable"));
  // It has a name that no node has, so nothing runs on it.
  const node: NodeRecord = {
    name: `${group.name}/new`,
    labels,
    taints: taintsOf(group.template),
    allocatable,
    atBest: allocatable,
    // Cluster Autoscaler cannot see HAMi's cards, and a node that does not exist has not registered any.
    hami: [],
  };
  const { ever, hard } = fitNode(node, shape, around);
  return { group: group.name, nodes, pods: hard === undefined ? ever * nodes : 0 };
}

export type ScaleSignal = "coming" | "full" | "impossible";

/** What an autoscaler's event about a pod means. Undefined: nothing that we know. */
export function scaleSignal(event: { readonly reason: string; readonly message: string }): ScaleSignal | undefined {
  const { reason, message } = event;
  if (reason === "TriggeredScaleUp" || reason === "Nominated") return "coming";
  if (reason === "NotTriggerScaleUp") {
    if (/max node group size reached|max cluster .*limit reached/.test(message)) return "full";
    return /pod didn't trigger scale-up/.test(message) ? "impossible" : undefined;
  }
  return reason === "FailedScheduling" && /no instance type/.test(message) ? "impossible" : undefined;
}

// Nodes that do not exist yet. With node groups in the configuration, the check can say whether one of them would take
// the pod. With an autoscaler but without node groups, "no node today" does not mean "never".
import type { JsonObject } from "../../model/data/json.ts";
import { readAmounts } from "../kubernetes/amounts.ts";
import { labelsAt, objectAt } from "../kubernetes/optionalFields.ts";
import { taintsOf } from "../kubernetes/taints.ts";
import type { PodShape } from "../view/podFacts.ts";
import type { NodeRecord } from "../view/records.ts";
import { type FitContext, fitNode } from "./nodeFit.ts";

/** A kind of node of which an autoscaler may create more. */
export interface NodeGroup {
  readonly name: string;
  /**
   * A future node as `{metadata: {labels}, spec: {taints}, status: {allocatable}}`. Nodes that have all of these labels
   * are members of the group.
   */
  readonly template: JsonObject;
  readonly maxNodes: number;
}

interface Growth {
  readonly group: string;
  /** The number of nodes that may still be created. */
  readonly nodes: number;
  readonly pods: number;
}

/** The group that would make room for most pods; `undefined` when none would. */
export function growthFor(shape: PodShape, groups: readonly NodeGroup[], around: FitContext): Growth | undefined {
  const growths = groups.map((group) => growthOf(shape, group, around)).filter((one) => one.pods > 0);
  return growths.toSorted((a, b) => b.pods - a.pods)[0];
}

function growthOf(shape: PodShape, group: NodeGroup, around: FitContext): Growth {
  const labels = labelsAt(group.template, "metadata", "labels");
  const isMember = (node: NodeRecord): boolean =>
    Object.entries(labels).every(([key, value]) => node.labels[key] === value);
  const members = [...around.view.nodes()].filter(isMember).length;
  const nodes = Math.max(0, group.maxNodes - members);
  const allocatable = readAmounts(objectAt(group.template, "status", "allocatable"));
  // The name is that of no existing node, so no pod is counted on it.
  const node: NodeRecord = {
    name: `${group.name}/new`,
    labels,
    taints: taintsOf(group.template),
    allocatable,
    atBest: allocatable,
    // Cluster Autoscaler does not know HAMi's cards, and a node that does not exist has not registered any.
    hami: [],
  };
  const { ever, hard } = fitNode(node, shape, around);
  return { group: group.name, nodes, pods: hard === undefined ? ever * nodes : 0 };
}

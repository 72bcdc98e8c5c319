// The rule for host ports: a node is excluded when another pod on it already has one of the ports.
import { reason } from "../../model/reasons/reason.ts";
import { collide } from "../kubernetes/hostPorts.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { PodShape } from "../view/podFacts.ts";
import type { NeighbourRule } from "./rule.ts";

const TAKEN = reason("PortsTaken");

export function createPorts(view: ClusterView, shape: PodShape): NeighbourRule | undefined {
  if (shape.hostPorts.length === 0) return undefined;
  const placed = new Set<string>();
  return {
    conflict: (node) => {
      if (placed.has(node.name)) return TAKEN;
      for (const kind of view.occupancy(node.name).kinds.keys())
        if (kind.hostPorts.length > 0 && collide(shape.hostPorts, kind.hostPorts)) return TAKEN;
      return undefined;
    },
    place: (node) => void placed.add(node.name),
    most: (nodes) => nodes.length,
  };
}

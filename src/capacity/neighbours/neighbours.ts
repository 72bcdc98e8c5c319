// Rules between pods: anti-affinity in both directions, affinity, topology spread and host ports. Pods that run now are
// a reason to wait, never to reject; only equal pods that exclude each other can be too many for ever. Follows the
// scheduler's plug-ins interpodaffinity, podtopologyspread and nodeports.

import type { Reason } from "../../model/reasons/reason.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { PodShape } from "../view/podFacts.ts";
import type { NodeRecord } from "../view/records.ts";
import { createAffinity } from "./affinity.ts";
import { createAntiAffinity } from "./antiAffinity.ts";
import { createPorts } from "./ports.ts";
import type { NeighbourRule } from "./rule.ts";
import { createSpread } from "./spread.ts";

export interface Neighbours {
  /** Whether a placed pod changes where the next pod may go. */
  readonly constrained: boolean;
  /** A term selects namespaces by their labels, which the view does not have. */
  readonly undecided: boolean;
  conflict(node: NodeRecord): Reason | undefined;
  place(node: NodeRecord): void;
  /** How many of the pods could ever run on these nodes, whatever else runs there. */
  most(nodes: readonly NodeRecord[]): number;
}

export function createNeighbours(view: ClusterView, shape: PodShape): Neighbours {
  const affinity = createAffinity(view, shape);
  const antiAffinity = createAntiAffinity(view, shape);
  const spread = createSpread(view, shape);
  const ports = createPorts(view, shape);
  const rules = [affinity.rule, antiAffinity.rule, spread, ports].filter(
    (one): one is NeighbourRule => one !== undefined,
  );
  return {
    constrained: rules.length > 0,
    undecided: affinity.undecided || antiAffinity.undecided,
    conflict: (node) => {
      for (const rule of rules) {
        const why = rule.conflict(node);
        if (why !== undefined) return why;
      }
      return undefined;
    },
    place: (node) => {
      for (const rule of rules) rule.place(node);
    },
    most: (nodes) => Math.min(...rules.map((rule) => rule.most?.(nodes) ?? Number.POSITIVE_INFINITY)),
  };
}

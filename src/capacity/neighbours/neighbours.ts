// Where other pods keep a pod away, or must be near: anti-affinity in both directions, affinity, spread, ports of the node.
// What runs now is a reason to wait and never to refuse; only pods of one kind that keep each other off can be too many for ever. Follows the scheduler's plug-ins
// interpodaffinity, podtopologyspread and nodeports.

import type { ClusterView } from "../view/clusterView.ts";
import type { PodShape } from "../view/podFacts.ts";
import type { NodeRecord } from "../view/records.ts";
import { createAffinity } from "./affinity.ts";
import { createAntiAffinity } from "./antiAffinity.ts";
import { createPorts } from "./ports.ts";
import type { Rule } from "./rule.ts";
import { createSpread } from "./spread.ts";

export interface Neighbours {
  /** Whether one pod more changes where the next may stand. */
  readonly constrained: boolean;
  /** Terms that name namespaces by their labels, which we do not know. */
  readonly undecided: boolean;
  conflict(node: NodeRecord): string | undefined;
  place(node: NodeRecord): void;
  /** How many of the pods could ever stand on these nodes, whatever else is there: they keep each other off. */
  most(nodes: readonly NodeRecord[]): number;
}

export function createNeighbours(view: ClusterView, shape: PodShape): Neighbours {
  const affinity = createAffinity(view, shape);
  const antiAffinity = createAntiAffinity(view, shape);
  const spread = createSpread(view, shape);
  const ports = createPorts(view, shape);
  const rules = [affinity.rule, antiAffinity.rule, spread, ports].filter((one): one is Rule => one !== undefined);
  return {
    constrained: rules.length > 0,
    undecided: affinity.undecided || antiAffinity.undecided,
    conflict: (node) => {
      for (const rule of rules) {
        const words = rule.conflict(node);
        if (words !== undefined) return words;
      }
      return undefined;
    },
    place: (node) => {
      for (const rule of rules) rule.place(node);
    },
    most: (nodes) => Math.min(...rules.map((rule) => rule.most?.(nodes) ?? Number.POSITIVE_INFINITY)),
  };
}

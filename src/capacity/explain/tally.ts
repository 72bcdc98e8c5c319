// Counts nodes by what keeps a pod off them, as facts that follow a sentence.
import { type Reason, type ReasonCode, reason } from "../../model/reasons/reason.ts";
import type { NodeFit, Obstacle } from "../fit/nodeFit.ts";
import { namedAmount, writeAmount } from "../kubernetes/amounts.ts";

/** Number of facts that are listed. */
const LISTED = 4;

interface Counted {
  readonly obstacle: Obstacle;
  readonly nodes: readonly NodeFit[];
}

function keyOf({ code, params }: Reason): string {
  let key: string = code;
  for (const name in params) key += ` ${name}=${params[name]}`;
  return key;
}

function countedBy(outcomes: readonly NodeFit[]): readonly Counted[] {
  const groups = new Map<string, { obstacle: Obstacle; nodes: NodeFit[] }>();
  for (const outcome of outcomes) {
    const { hard } = outcome;
    if (hard === undefined) continue;
    const key = "why" in hard ? keyOf(hard.why) : `${hard.kind} ${hard.resource}`;
    const group = groups.get(key) ?? { obstacle: hard, nodes: [] };
    group.nodes.push(outcome);
    groups.set(key, group);
  }
  return [...groups.values()].toSorted((a, b) => b.nodes.length - a.nodes.length);
}

const TALLIES: Readonly<Record<Exclude<Obstacle["kind"], "size" | "short" | "unhealthy">, ReasonCode>> = {
  selector: "TallyUnmatched",
  taint: "TallyTainted",
  volume: "TallyOutOfReach",
  devices: "TallyNoDevices",
  cards: "TallyCards",
  notReady: "TallyTainted",
  neighbours: "TallyNeighbours",
};

/** Every node once, by its obstacle, the most frequent obstacle first. */
export function tally(outcomes: readonly NodeFit[]): readonly Reason[] {
  const groups = countedBy(outcomes);
  const shown = groups.slice(0, LISTED).map(tallied);
  const left = groups.slice(LISTED).reduce((sum, { nodes }) => sum + nodes.length, 0);
  return left === 0 ? shown : [...shown, reason("TallyOthers", { count: left })];
}

function tallied({ obstacle, nodes }: Counted): Reason {
  const count = nodes.length;
  if ("why" in obstacle) return reason(TALLIES[obstacle.kind], { ...obstacle.why.params, count });
  const { resource, asked } = obstacle;
  const sizes = nodes.map(({ node }) => ({ name: node.name, have: node.atBest.get(resource) ?? 0 }));
  const [largest] = sizes.toSorted((a, b) => b.have - a.have);
  const need = namedAmount(resource, asked);
  return reason("TallyTooSmall", {
    count,
    need,
    node: largest?.name ?? "",
    have: writeAmount(resource, largest?.have ?? 0),
  });
}

/** Sentences about one node and about several nodes. */
const HAVE_IT: Readonly<Partial<Record<Obstacle["kind"], readonly [ReasonCode, ReasonCode]>>> = {
  selector: ["HasItUnmatched", "HaveItUnmatched"],
  taint: ["HasItTainted", "HaveItTainted"],
  volume: ["HasItOutOfReach", "HaveItOutOfReach"],
};

/** For nodes that have what the pod asks for: why the pod may not use them. */
export function haveButExcluded(outcomes: readonly NodeFit[]): readonly Reason[] {
  return countedBy(outcomes)
    .slice(0, LISTED)
    .flatMap(({ obstacle, nodes }) => {
      const codes = HAVE_IT[obstacle.kind];
      if (codes === undefined || !("why" in obstacle)) return [];
      return [reason(codes[nodes.length === 1 ? 0 : 1], { ...obstacle.why.params, count: nodes.length })];
    });
}

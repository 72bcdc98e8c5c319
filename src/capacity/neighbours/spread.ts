// Topology spread with DoNotSchedule: no topology domain may have more than maxSkew pods above the emptiest one.
import type { JsonObject } from "../../model/data/json.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { listAt, numberAt, textAt } from "../kubernetes/optionalFields.ts";
import { labelSelector, type Predicate } from "../kubernetes/selectors.ts";
import { keptOffBy } from "../kubernetes/taints.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { PodShape } from "../view/podFacts.ts";
import type { NodeRecord } from "../view/records.ts";
import type { NeighbourRule } from "./rule.ts";
import { withLabelKeys } from "./term.ts";

interface Constraint {
  readonly key: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selects: Predicate;
  readonly self: number;
  readonly counts: Map<string, number>;
  least: number | undefined;
  /** Whether the node's pods and its topology domain count. */
  readonly honours: (node: NodeRecord) => boolean;
}

export function createSpread(view: ClusterView, shape: PodShape): NeighbourRule | undefined {
  const constraints = listAt(shape.spec, "topologySpreadConstraints")
    .filter((one) => textAt(one, "whenUnsatisfiable") !== "ScheduleAnyway")
    .map((one) => read(one, shape));
  if (constraints.length === 0) return undefined;
  const keys = [...new Set(constraints.map(({ key }) => key))];
  const counting = (node: NodeRecord): readonly Constraint[] =>
    keys.every((key) => node.labels[key] !== undefined) ? constraints.filter((one) => one.honours(node)) : [];
  // Computed once for each node, because the pods of several matching kinds are often on the same nodes.
  const known = new Map<string, readonly Constraint[]>();
  for (const node of view.nodes()) {
    const own = counting(node);
    known.set(node.name, own);
    for (const one of own) count(one, node, 0);
  }
  for (const { kind, nodes } of view.kinds()) {
    if (kind.deleting || kind.nominated || kind.namespace !== shape.namespace) continue;
    const matching = new Set(constraints.filter((one) => one.selects(kind.labels)));
    if (matching.size > 0) addNodes({ view, nodes, matching, known });
  }
  return {
    conflict: (node) => {
      for (const one of constraints) {
        const why = tooMany(one, node);
        if (why !== undefined) return why;
      }
      return undefined;
    },
    place: (node) => {
      for (const one of known.get(node.name) ?? []) if (one.self > 0) count(one, node, 1);
    },
  };
}

interface Adding {
  readonly view: ClusterView;
  readonly nodes: ReadonlyMap<string, number>;
  readonly matching: ReadonlySet<Constraint>;
  readonly known: ReadonlyMap<string, readonly Constraint[]>;
}

function addNodes({ view, nodes, matching, known }: Adding): void {
  for (const [name, pods] of nodes) {
    const node = view.node(name);
    if (node !== undefined) for (const one of known.get(name) ?? []) if (matching.has(one)) count(one, node, pods);
  }
}

function count(constraint: Constraint, node: NodeRecord, pods: number): void {
  const domain = node.labels[constraint.key] ?? "";
  constraint.counts.set(domain, (constraint.counts.get(domain) ?? 0) + pods);
  constraint.least = undefined;
}

/** The number of pods in the emptiest domain. Computed again only after a change of the counts. */
function leastOf(constraint: Constraint): number {
  const { counts, minDomains } = constraint;
  if (constraint.least !== undefined) return constraint.least;
  let least = counts.size < minDomains || counts.size === 0 ? 0 : Number.POSITIVE_INFINITY;
  for (const pods of counts.values()) least = Math.min(least, pods);
  constraint.least = least;
  return least;
}

function tooMany(constraint: Constraint, node: NodeRecord): Reason | undefined {
  const { key, counts, maxSkew, self } = constraint;
  const domain = node.labels[key];
  if (domain === undefined) return reason("LacksSpreadLabel", { key });
  const skew = (counts.get(domain) ?? 0) + self - leastOf(constraint);
  return skew > maxSkew ? reason("SpreadShareTaken", { key, value: domain }) : undefined;
}

function read(constraint: JsonObject, shape: PodShape): Constraint {
  const selects = labelSelector(withLabelKeys(constraint, shape.labels));
  const honoursAffinity = textAt(constraint, "nodeAffinityPolicy") !== "Ignore";
  const honoursTaints = textAt(constraint, "nodeTaintsPolicy") === "Honor";
  return {
    key: textAt(constraint, "topologyKey"),
    maxSkew: numberAt(constraint, "maxSkew") ?? 1,
    minDomains: numberAt(constraint, "minDomains") ?? 1,
    selects,
    self: selects(shape.labels) ? 1 : 0,
    counts: new Map(),
    least: undefined,
    honours: (node) =>
      (!honoursAffinity || shape.allowedOn(node)) &&
      (!honoursTaints || keptOffBy(node.taints, shape.tolerations) === undefined),
  };
}

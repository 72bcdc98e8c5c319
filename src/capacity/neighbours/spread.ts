// Topology spread with DoNotSchedule: no part of the cluster may have more than maxSkew pods above the emptiest.
import type { JsonObject } from "../../model/json.ts";
import { listAt, numberAt, textAt } from "../fields.ts";
import type { NodeRecord } from "../records.ts";
import { labelSelector, type Predicate } from "../selectors.ts";
import type { PodShape } from "../shape.ts";
import { keptOffBy } from "../taints.ts";
import type { ClusterView } from "../view.ts";
import type { Rule } from "./rule.ts";
import { withLabelKeys } from "./term.ts";

interface Constraint {
  readonly key: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selects: Predicate;
  readonly self: number;
  readonly counts: Map<string, number>;
  /** Whether the node's pods and its part of the cluster count. */
  readonly honours: (node: NodeRecord) => boolean;
}

export function createSpread(view: ClusterView, shape: PodShape): Rule | undefined {
  const constraints = listAt(shape.spec, "topologySpreadConstraints")
    .filter((one) => textAt(one, "whenUnsatisfiable") !== "ScheduleAnyway")
    .map((one) => read(one, shape));
  if (constraints.length === 0) return undefined;
  const counting = (node: NodeRecord): readonly Constraint[] =>
    constraints.every(({ key }) => node.labels[key] !== undefined)
      ? constraints.filter((one) => one.honours(node))
      : [];
  for (const node of view.nodes())
    for (const { key, counts } of counting(node))
      counts.set(node.labels[key] ?? "", counts.get(node.labels[key] ?? "") ?? 0);
  for (const pod of view.pods()) {
    if (pod.deleting || pod.nominated || pod.namespace !== shape.namespace) continue;
    const node = view.node(pod.node);
    if (node !== undefined) for (const one of counting(node)) if (one.selects(pod.labels)) count(one, node);
  }
  return {
    conflict: (node) => constraints.map((one) => tooMany(one, node)).find((words) => words !== undefined),
    place: (node) => {
      for (const one of counting(node)) if (one.self > 0) count(one, node);
    },
  };
}

function count({ key, counts }: Constraint, node: NodeRecord): void {
  const domain = node.labels[key] ?? "";
  counts.set(domain, (counts.get(domain) ?? 0) + 1);
}

function tooMany({ key, counts, minDomains, maxSkew, self }: Constraint, node: NodeRecord): string | undefined {
  const domain = node.labels[key];
  if (domain === undefined) return `it lacks the label ${key} of the spread rule`;
  const least = counts.size < minDomains ? 0 : Math.min(...counts.values());
  const skew = (counts.get(domain) ?? 0) + self - (Number.isFinite(least) ? least : 0);
  return skew > maxSkew ? `${key} ${domain} has its share of the pods already` : undefined;
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
    honours: (node) =>
      (!honoursAffinity || shape.allowedOn(node)) &&
      (!honoursTaints || keptOffBy(node.taints, shape.tolerations) === undefined),
  };
}

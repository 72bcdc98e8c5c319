// Required anti-affinity in both directions: the terms of the pod itself, and the terms of running pods that match it.

import { reason } from "../../model/reasons/reason.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { PodShape } from "../view/podFacts.ts";
import type { NodeRecord } from "../view/records.ts";
import type { NeighbourRule } from "./rule.ts";
import { createDomains, type Domains, readTerm, requiredTerms, type Term } from "./term.ts";

const KEPT_OFF = reason("KeptOffByPod");
const KEEPS_AWAY = reason("KeepsAwayFromPod");

export function createAntiAffinity(
  view: ClusterView,
  shape: PodShape,
): { rule: NeighbourRule | undefined; undecided: boolean } {
  const terms = requiredTerms(shape.spec, "podAntiAffinity").map((one) => readTerm(one, shape));
  const keptOff = domainsKeepingOff(view, shape);
  if (terms.length === 0 && keptOff.domains.size === 0) return { rule: undefined, undecided: keptOff.undecided };
  const perTerm = terms.map((term) => ({ term, domains: createDomains() }));
  if (terms.length > 0)
    for (const { kind, nodes } of view.kinds()) {
      const matching = kind.nominated ? [] : perTerm.filter(({ term }) => term.matches(kind));
      if (matching.length > 0) addNodes(view, nodes, matching);
    }
  const rule: NeighbourRule = {
    conflict: (node) => {
      if (keptOff.keys.some((key) => (keptOff.domains.at(key, node.labels) ?? 0) > 0)) return KEPT_OFF;
      const near = perTerm.some(({ term, domains }) => (domains.at(term.topologyKey, node.labels) ?? 0) > 0);
      return near ? KEEPS_AWAY : undefined;
    },
    place: (node) => {
      for (const { term, domains } of perTerm) if (term.matches(shape)) domains.add(term.topologyKey, node.labels);
    },
    most: (nodes) => Math.min(...terms.filter((one) => !one.undecided && one.matches(shape)).map(partsOf(nodes))),
  };
  return { rule, undecided: keptOff.undecided || terms.some((one) => one.undecided) };
}

/**
 * How many pods fit by a term: one for each topology domain. No limit when a node lacks the label, because the term
 * does not apply there.
 */
function partsOf(nodes: readonly NodeRecord[]) {
  return ({ topologyKey }: Term): number => {
    const parts = nodes.map(({ labels }) => labels[topologyKey]);
    return parts.includes(undefined) ? Number.POSITIVE_INFINITY : new Set(parts).size;
  };
}

function domainsKeepingOff(view: ClusterView, shape: PodShape) {
  const domains = createDomains();
  const keys = new Set<string>();
  let undecided = false;
  for (const { kind, nodes } of view.keepingOff()) {
    const all = kind.keepsOff.map((one) => readTerm(one, kind));
    undecided ||= all.some((term) => term.undecided);
    const matching = all.filter((term) => term.matches(shape));
    addNodes(
      view,
      nodes,
      matching.map((term) => ({ term, domains })),
    );
    for (const term of matching) keys.add(term.topologyKey);
  }
  return { domains, keys: [...keys], undecided };
}

interface Counting {
  readonly term: Term;
  readonly domains: Domains;
}

function addNodes(view: ClusterView, nodes: ReadonlyMap<string, number>, counting: readonly Counting[]): void {
  if (counting.length === 0) return;
  for (const [name, count] of nodes) {
    const labels = view.node(name)?.labels;
    if (labels !== undefined) for (const { term, domains } of counting) domains.add(term.topologyKey, labels, count);
  }
}

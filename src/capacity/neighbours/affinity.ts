// Required pod affinity: each term must find a matching pod in the topology domain of the node. The first pod of a
// group whose terms match itself may go anywhere.

import { reason } from "../../model/reasons/reason.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { PodShape } from "../view/podFacts.ts";
import type { NeighbourRule } from "./rule.ts";
import { createDomains, readTerm, requiredTerms } from "./term.ts";

const LACKS_LABEL = reason("LacksAffinityLabel");
const NO_COMPANY = reason("NoPodToJoin");

export function createAffinity(
  view: ClusterView,
  shape: PodShape,
): { rule: NeighbourRule | undefined; undecided: boolean } {
  const terms = requiredTerms(shape.spec, "podAffinity").map((one) => readTerm(one, shape));
  if (terms.length === 0) return { rule: undefined, undecided: false };
  const domains = createDomains();
  const meansAll = (pod: Parameters<(typeof terms)[number]["matches"]>[0]): boolean =>
    terms.every((term) => term.matches(pod));
  for (const { kind, nodes } of view.kinds()) {
    if (kind.nominated || kind.expected || !meansAll(kind)) continue;
    for (const [name, count] of nodes) {
      const labels = view.node(name)?.labels;
      if (labels !== undefined) for (const { topologyKey } of terms) domains.add(topologyKey, labels, count);
    }
  }
  const likesItself = meansAll(shape);
  const rule: NeighbourRule = {
    conflict: (node) => {
      const counts = terms.map(({ topologyKey }) => domains.at(topologyKey, node.labels));
      if (counts.includes(undefined)) return LACKS_LABEL;
      if (counts.every((count) => (count ?? 0) > 0)) return undefined;
      return domains.size === 0 && likesItself ? undefined : NO_COMPANY;
    },
    place: (node) => {
      if (likesItself) for (const { topologyKey } of terms) domains.add(topologyKey, node.labels);
    },
  };
  return { rule, undecided: terms.some((one) => one.undecided) };
}

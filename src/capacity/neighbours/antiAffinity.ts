// Required anti-affinity, in both directions: whom the pod wants away, and who wants it away.

import type { PodShape } from "../shape.ts";
import type { ClusterView } from "../view.ts";
import type { Rule } from "./rule.ts";
import { createDomains, readTerm, requiredTerms } from "./term.ts";

export function createAntiAffinity(view: ClusterView, shape: PodShape): { rule: Rule | undefined; undecided: boolean } {
  const terms = requiredTerms(shape.spec, "podAntiAffinity").map((one) => readTerm(one, shape));
  const keptOff = whoKeepsItOff(view, shape);
  if (terms.length === 0 && keptOff.domains.size === 0) return { rule: undefined, undecided: keptOff.undecided };
  const perTerm = terms.map((term) => ({ term, domains: createDomains() }));
  if (terms.length > 0)
    for (const pod of view.pods()) {
      const node = pod.nominated ? undefined : view.node(pod.node);
      if (node === undefined) continue;
      for (const { term, domains } of perTerm) if (term.matches(pod)) domains.add(term.topologyKey, node.labels);
    }
  const rule: Rule = {
    conflict: (node) => {
      if (keptOff.keys.some((key) => (keptOff.domains.at(key, node.labels) ?? 0) > 0))
        return "a pod there keeps it off by its anti-affinity";
      const near = perTerm.some(({ term, domains }) => (domains.at(term.topologyKey, node.labels) ?? 0) > 0);
      return near ? "a pod that it wants away is there" : undefined;
    },
    place: (node) => {
      for (const { term, domains } of perTerm) if (term.matches(shape)) domains.add(term.topologyKey, node.labels);
    },
  };
  return { rule, undecided: keptOff.undecided || terms.some((one) => one.undecided) };
}

function whoKeepsItOff(view: ClusterView, shape: PodShape) {
  const domains = createDomains();
  const keys = new Set<string>();
  let undecided = false;
  for (const pod of view.keepingOff()) {
    const node = view.node(pod.node);
    for (const term of pod.keepsOff.map((one) => readTerm(one, pod))) {
      undecided ||= term.undecided;
      if (node === undefined || !term.matches(shape)) continue;
      domains.add(term.topologyKey, node.labels);
      keys.add(term.topologyKey);
    }
  }
  return { domains, keys: [...keys], undecided };
}

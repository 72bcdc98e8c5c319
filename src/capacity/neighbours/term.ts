// One required term of pod affinity or anti-affinity: which pods it matches, and within which topology domain.
import type { JsonObject } from "../../model/data/json.ts";
import { type LabelMap, listAt, objectAt, textAt, textsAt } from "../kubernetes/optionalFields.ts";
import { labelSelector } from "../kubernetes/selectors.ts";

export interface Term {
  readonly topologyKey: string;
  matches(pod: { readonly namespace: string; readonly labels: LabelMap }): boolean;
  readonly undecided: boolean;
}

/** `own`: namespace and labels of the pod that has the term. */
export function readTerm(term: JsonObject, own: { readonly namespace: string; readonly labels: LabelMap }): Term {
  const selects = labelSelector(withLabelKeys(term, own.labels));
  const named = textsAt(term, "namespaces");
  const byLabels = objectAt(term, "namespaceSelector");
  const everywhere = byLabels !== undefined && Object.keys(byLabels).length === 0;
  const namespaces = named.length === 0 && byLabels === undefined ? [own.namespace] : named;
  return {
    topologyKey: textAt(term, "topologyKey"),
    undecided: byLabels !== undefined && !everywhere,
    matches: (pod) => (everywhere || namespaces.includes(pod.namespace)) && selects(pod.labels),
  };
}

export function requiredTerms(spec: JsonObject, kind: "podAffinity" | "podAntiAffinity"): readonly JsonObject[] {
  return listAt(spec, "affinity", kind, "requiredDuringSchedulingIgnoredDuringExecution");
}

/** Adds `matchLabelKeys` and `mismatchLabelKeys` to the selector, as the API server does when it stores the pod. */
export function withLabelKeys(term: JsonObject, labels: LabelMap): JsonObject | undefined {
  const selector = objectAt(term, "labelSelector");
  if (selector === undefined) return undefined;
  const expression = (operator: string) => (key: string) => {
    const value = labels[key];
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  };
  const more = [
    ...textsAt(term, "matchLabelKeys").flatMap(expression("In")),
    ...textsAt(term, "mismatchLabelKeys").flatMap(expression("NotIn")),
  ];
  return { ...selector, matchExpressions: [...listAt(selector, "matchExpressions"), ...more] };
}

export interface Domains {
  add(topologyKey: string, labels: LabelMap, pods?: number): void;
  /** The number of pods in the domain of the node; `undefined` when the node belongs to no domain. */
  at(topologyKey: string, labels: LabelMap): number | undefined;
  readonly size: number;
}

/** Counts pods by topology domain: the nodes that have the same value of a label. */
export function createDomains(): Domains {
  const counts = new Map<string, number>();
  const keyOf = (topologyKey: string, labels: LabelMap): string | undefined => {
    const value = labels[topologyKey];
    return value === undefined ? undefined : `${topologyKey}=${value}`;
  };
  return {
    add: (topologyKey, labels, pods = 1) => {
      const key = keyOf(topologyKey, labels);
      if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + pods);
    },
    at: (topologyKey, labels) => {
      const key = keyOf(topologyKey, labels);
      return key === undefined ? undefined : (counts.get(key) ?? 0);
    },
    get size() {
      return counts.size;
    },
  };
}

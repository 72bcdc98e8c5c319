// Label selectors and node selector terms, with the operators of Kubernetes. An unknown operator matches nothing.
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#operators
import { isObject, type JsonObject } from "../../model/data/json.ts";
import { type LabelMap, labelsAt, listAt, objectAt, textAt, textsAt } from "./optionalFields.ts";

export type Predicate = (labels: LabelMap) => boolean;

type Test = (value: string | undefined, wanted: readonly string[]) => boolean;

const OPERATORS: Readonly<Record<string, Test>> = {
  In: (value, wanted) => value !== undefined && wanted.includes(value),
  NotIn: (value, wanted) => value === undefined || !wanted.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
  Gt: (value, [bound]) => compare(value, bound, (a, b) => a > b),
  Lt: (value, [bound]) => compare(value, bound, (a, b) => a < b),
};

function compare(value: string | undefined, bound: string | undefined, holds: (a: number, b: number) => boolean) {
  if (!/^-?\d+$/.test(value ?? "") || !/^-?\d+$/.test(bound ?? "")) return false;
  return holds(Number(value), Number(bound));
}

function expression(given: JsonObject): Predicate {
  const [key, test, values] = [textAt(given, "key"), OPERATORS[textAt(given, "operator")], textsAt(given, "values")];
  return (labels) => test?.(labels[key], values) ?? false;
}

/** A `null` selector matches nothing, an empty selector matches everything. */
export function labelSelector(selector: unknown): Predicate {
  if (!isObject(selector)) return () => false;
  const equal = Object.entries(labelsAt(selector, "matchLabels"));
  const expressions = listAt(selector, "matchExpressions").map(expression);
  return (labels) =>
    equal.every(([key, value]) => labels[key] === value) && expressions.every((matches) => matches(labels));
}

interface Named {
  readonly name: string;
  readonly labels: LabelMap;
}

export type NodePredicate = (node: Named) => boolean;

/** `{nodeSelectorTerms}`: one matching term is enough; a term without any expression matches nothing. */
export function nodeSelector(selector: unknown): NodePredicate {
  const terms = listAt(selector, "nodeSelectorTerms").map((term) => {
    const labels = listAt(term, "matchExpressions").map(expression);
    // `metadata.name` is the only field that Kubernetes allows here.
    const fields = listAt(term, "matchFields").map(expression);
    if (labels.length + fields.length === 0) return () => false;
    return (node: Named) =>
      labels.every((matches) => matches(node.labels)) &&
      fields.every((matches) => matches({ "metadata.name": node.name }));
  });
  return (node) => terms.some((matches) => matches(node));
}

/** `spec.nodeSelector` and the required node affinity: a node must match both. */
export function placementOf(spec: JsonObject): NodePredicate {
  const equal = Object.entries(labelsAt(spec, "nodeSelector"));
  const required = objectAt(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  const matches = required === undefined ? () => true : nodeSelector(required);
  return (node) => equal.every(([key, value]) => node.labels[key] === value) && matches(node);
}

/** Which nodes the pod asks for, in a few words: `disk=ssd, zone In a|b`. */
export function placementWords(spec: JsonObject): string {
  const equal = Object.entries(labelsAt(spec, "nodeSelector")).map(([key, value]) => `${key}=${value}`);
  const required = objectAt(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  const terms = listAt(required, "nodeSelectorTerms").map((term) =>
    [...listAt(term, "matchExpressions"), ...listAt(term, "matchFields")].map(expressionWords).join(", "),
  );
  return [...equal, ...(terms.length === 0 ? [] : [terms.join(" or ")])].join(", ");
}

function expressionWords(given: JsonObject): string {
  const [key, operator, values] = [textAt(given, "key"), textAt(given, "operator"), textsAt(given, "values")];
  return operator === "In" && values.length === 1
    ? `${key}=${values[0]}`
    : [key, operator, values.join("|")].filter((word) => word !== "").join(" ");
}

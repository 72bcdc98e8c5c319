// Which pods a ResourceQuota counts, by its scopes. A quota with an unknown scope counts no pod here, so that it never
// causes a rejection.
// https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes
import type { JsonObject } from "../../model/data/json.ts";
import { listAt, numberAt, objectAt, textAt, textsAt } from "../kubernetes/optionalFields.ts";
import { containerLimits, containerRequests } from "../kubernetes/podRequests.ts";

type Scope = (spec: JsonObject) => boolean;

const isTerminating: Scope = (spec) => (numberAt(spec, "activeDeadlineSeconds") ?? -1) >= 0;

/** No container and not the pod itself has requests or limits of cpu or memory. */
const isBestEffort: Scope = (spec) => {
  const all = [...listAt(spec, "containers"), ...listAt(spec, "initContainers"), spec];
  return !all.some((one) =>
    [containerRequests(one), containerLimits(one)].some((amounts) =>
      ["cpu", "memory"].some((resource) => (amounts.get(resource) ?? 0) > 0),
    ),
  );
};

const crossesNamespaces: Scope = (spec) =>
  ["podAffinity", "podAntiAffinity"].some((kind) => {
    const required = listAt(spec, "affinity", kind, "requiredDuringSchedulingIgnoredDuringExecution");
    const preferred = listAt(spec, "affinity", kind, "preferredDuringSchedulingIgnoredDuringExecution");
    const terms = [...required, ...preferred.map((one) => objectAt(one, "podAffinityTerm") ?? {})];
    return terms.some(
      (term) => textsAt(term, "namespaces").length > 0 || objectAt(term, "namespaceSelector") !== undefined,
    );
  });

const SCOPES: Readonly<Record<string, Scope>> = {
  Terminating: isTerminating,
  NotTerminating: (spec) => !isTerminating(spec),
  BestEffort: isBestEffort,
  NotBestEffort: (spec) => !isBestEffort(spec),
  PriorityClass: (spec) => textAt(spec, "priorityClassName") !== "",
  CrossNamespacePodAffinity: crossesNamespaces,
};

export function countsPod(quota: JsonObject, spec: JsonObject): boolean {
  const plain = textsAt(quota, "spec", "scopes").every((scope) => SCOPES[scope]?.(spec) ?? false);
  return plain && listAt(quota, "spec", "scopeSelector", "matchExpressions").every((one) => selects(one, spec));
}

function selects(expression: JsonObject, spec: JsonObject): boolean {
  const scope = textAt(expression, "scopeName");
  const values = textsAt(expression, "values");
  const operator = textAt(expression, "operator");
  const value = scope === "PriorityClass" ? textAt(spec, "priorityClassName") : "";
  const holds = SCOPES[scope]?.(spec);
  if (holds === undefined) return false;
  if (operator === "In") return scope === "PriorityClass" && values.includes(value);
  if (operator === "NotIn") return scope === "PriorityClass" && !values.includes(value);
  return operator === "Exists" ? holds : operator === "DoesNotExist" && !holds;
}

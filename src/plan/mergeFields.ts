// Which fields of the container, the pod and the controller a trait may set, and what happens when two do.
// A component's own value is a default that a trait overrides; two traits with different values are a problem naming both.
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../model/json.ts";
import { type Problem, problem } from "../model/problem.ts";

/**
 * Everything that is not listed is refused, so that no trait can reach what decides about isolation
 * (host namespaces, host paths, privileges) or what the framework itself sets (names, labels, selectors).
 */
const ALLOWED = {
  container: [
    "resources",
    "readinessProbe",
    "livenessProbe",
    "startupProbe",
    "lifecycle",
    "workingDir",
    "imagePullPolicy",
    "terminationMessagePolicy",
  ],
  pod: [
    "terminationGracePeriodSeconds",
    "nodeSelector",
    "tolerations",
    "affinity",
    "topologySpreadConstraints",
    "priorityClassName",
    "runtimeClassName",
    "schedulerName",
    "hostAliases",
    "dnsConfig",
    "imagePullSecrets",
  ],
  controller: [
    "replicas",
    "strategy",
    "updateStrategy",
    "minReadySeconds",
    "revisionHistoryLimit",
    "podManagementPolicy",
    "progressDeadlineSeconds",
    "parallelism",
    "completions",
    "suspend",
  ],
} as const;

export interface Setting {
  /** `trait resources of web`. */
  readonly owner: string;
  readonly pointer: string;
  readonly fields: JsonObject | undefined;
}

export interface MergedFields {
  readonly fields: JsonObject;
  readonly problems: readonly Problem[];
}

export function mergeFields(target: keyof typeof ALLOWED, settings: readonly Setting[]): MergedFields {
  const allowed: readonly string[] = ALLOWED[target];
  const taken = new Map<string, { readonly owner: string; readonly value: unknown }>();
  const problems: Problem[] = [];
  for (const { owner, pointer, fields } of settings) {
    for (const [field, value] of Object.entries(fields ?? {})) {
      // A mistake of the definition's author, not of the document's.
      if (!allowed.includes(field)) throw new Error(`${owner} sets ${target}.${field}, which traits may not set`);
      const first = taken.get(field);
      if (first === undefined) taken.set(field, { owner, value });
      else if (!isDeepStrictEqual(first.value, value))
        problems.push(
          problem("TraitConflict", pointer, { first: first.owner, second: owner, field: `${target}.${field}` }),
        );
    }
  }
  const merged = [...taken].map(([field, { value }]) => [field, value] as const);
  // The values came out of JsonObjects above.
  return { fields: Object.fromEntries(merged) as JsonObject, problems };
}

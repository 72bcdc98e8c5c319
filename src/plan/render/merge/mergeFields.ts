// Which fields of the container, the pod and the controller a trait may set, and what happens when two traits set one.
// A component's own value is a default that a trait overrides; two traits with different values are a problem that
// names both.
import { isDeepStrictEqual } from "node:util";
import { isObject, type Json, type JsonObject } from "../../../model/data/json.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { joinAffinity } from "./mergeAffinity.ts";

/**
 * once: one value · list: all items together · affinity: all requirements together · a list of names: only these fields
 * of it, each once · fields: any fields, each once
 */
type Rule = "once" | "list" | "affinity" | "fields" | readonly string[];

/**
 * Capabilities and users, but nothing that reaches the node: `privileged`, `procMount` and similar fields cannot be
 * set.
 */
const CONTAINER_SECURITY = [
  "runAsUser",
  "runAsGroup",
  "runAsNonRoot",
  "readOnlyRootFilesystem",
  "allowPrivilegeEscalation",
  "capabilities",
  "seccompProfile",
];

/**
 * A field that is not listed is refused, so that no trait can change what decides about isolation (host namespaces,
 * host paths, privileges) or what the renderer itself sets (names, labels, selectors).
 */
const ALLOWED = {
  container: {
    resources: "fields",
    readinessProbe: "once",
    livenessProbe: "once",
    startupProbe: "once",
    lifecycle: "once",
    workingDir: "once",
    imagePullPolicy: "once",
    terminationMessagePolicy: "once",
    securityContext: CONTAINER_SECURITY,
  },
  everyContainer: { securityContext: CONTAINER_SECURITY },
  pod: {
    terminationGracePeriodSeconds: "once",
    nodeSelector: "fields",
    tolerations: "list",
    affinity: "affinity",
    topologySpreadConstraints: "list",
    priorityClassName: "once",
    runtimeClassName: "once",
    schedulerName: "once",
    resourceClaims: "list",
    hostAliases: "list",
    dnsConfig: "once",
    imagePullSecrets: "list",
    serviceAccountName: "once",
    automountServiceAccountToken: "once",
    securityContext: [
      "runAsUser",
      "runAsGroup",
      "runAsNonRoot",
      "fsGroup",
      "fsGroupChangePolicy",
      "supplementalGroups",
      "seccompProfile",
    ],
  },
  controller: {
    replicas: "once",
    strategy: "once",
    updateStrategy: "once",
    minReadySeconds: "once",
    revisionHistoryLimit: "once",
    podManagementPolicy: "once",
    progressDeadlineSeconds: "once",
    paused: "once",
    parallelism: "once",
    completions: "once",
    suspend: "once",
  },
  metadata: { labels: "fields", annotations: "fields" },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Rule>>>>;

export interface Setting {
  /** The owner's name in problems: `trait resources of web`. */
  readonly owner: string;
  readonly pointer: string;
  readonly fields: JsonObject | undefined;
}

export interface MergedFields {
  readonly fields: JsonObject;
  readonly problems: readonly Problem[];
}

export function mergeFields(target: keyof typeof ALLOWED, settings: readonly Setting[]): MergedFields {
  const rules: Readonly<Record<string, Rule>> = ALLOWED[target];
  const merged = new Map<string, Json>();
  const problems: Problem[] = [];
  for (const [index, { owner, pointer, fields }] of settings.entries()) {
    for (const [field, value] of Object.entries(fields ?? {})) {
      const rule = Object.hasOwn(rules, field) ? rules[field] : undefined;
      // This is a mistake of the definition's author, not of the document's.
      if (rule === undefined || value === undefined || !within(rule, value))
        throw new Error(`${owner} sets ${target}.${field}, which traits may not set`);
      const { value: joined, conflicts } = joinValues(rule, merged.get(field), value);
      merged.set(field, joined);
      for (const path of conflicts) {
        const full = [field, ...path];
        const first = settings.slice(0, index).find((one) => at(one.fields, full) !== undefined)?.owner ?? owner;
        problems.push(problem("TraitConflict", pointer, { first, second: owner, field: [target, ...full].join(".") }));
      }
    }
  }
  return { fields: Object.fromEntries(merged), problems };
}

/** Merges the fields of traits over the component's own. */
export function overOwn(target: keyof typeof ALLOWED, own: JsonObject, fields: JsonObject): JsonObject {
  const rules: Readonly<Record<string, Rule>> = ALLOWED[target];
  const joined = Object.entries(fields).map(([field, value]) => {
    const rule = rules[field] ?? "once";
    const before = own[field];
    if (rule === "once" || before === undefined || value === undefined) return [field, value] as const;
    if (rule === "list" || rule === "affinity") return [field, joinValues(rule, before, value).value] as const;
    return [field, isObject(before) && isObject(value) ? { ...before, ...value } : value] as const;
  });
  return { ...own, ...Object.fromEntries(joined) };
}

interface Joined {
  readonly value: Json;
  /** Paths below the field at which two values differ. */
  readonly conflicts: readonly (readonly string[])[];
}

function joinValues(rule: Rule, first: Json | undefined, second: Json): Joined {
  if (first === undefined) return { value: second, conflicts: [] };
  if (rule === "affinity") return { value: joinAffinity(first, second), conflicts: [] };
  if (rule === "list") return { value: joinLists(first, second), conflicts: [] };
  if (rule === "once") return { value: first, conflicts: isDeepStrictEqual(first, second) ? [] : [[]] };
  return joinObjects(first, second);
}

function joinLists(first: Json, second: Json): Json {
  const [before, after] = [first, second].map((one): readonly Json[] => (Array.isArray(one) ? one : []));
  const fresh = (after ?? []).filter((item) => !before?.some((other) => isDeepStrictEqual(other, item)));
  return [...(before ?? []), ...fresh];
}

/** Joins objects field by field, at every depth. Where two values differ, the first one is kept. */
export function joinObjects(first: Json, second: Json): Joined {
  if (!isObject(first) || !isObject(second))
    return { value: first, conflicts: isDeepStrictEqual(first, second) ? [] : [[]] };
  const conflicts: (readonly string[])[] = [];
  const fields: Record<string, Json> = {};
  for (const key of new Set([...Object.keys(first), ...Object.keys(second)])) {
    const [left, right] = [first[key], second[key]];
    const joined =
      left === undefined || right === undefined
        ? { value: left ?? right ?? null, conflicts: [] }
        : joinObjects(left, right);
    fields[key] = joined.value;
    conflicts.push(...joined.conflicts.map((path) => [key, ...path]));
  }
  return { value: fields, conflicts };
}

function within(rule: Rule, value: Json): boolean {
  return typeof rule === "string" || (isObject(value) && Object.keys(value).every((key) => rule.includes(key)));
}

function at(fields: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), fields);
}

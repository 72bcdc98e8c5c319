// What an update of an object means for its pods, as a table by kind. Updates that the API server would refuse are
// found here, before anything starts.
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import type { ChangeClass, Disruption, FieldChange } from "../../model/run/plan.ts";

interface Versions {
  readonly before: Manifest;
  readonly after: Manifest;
  readonly fields: readonly FieldChange[];
}

type Rule = (versions: Versions) => ChangeClass;

const under = (fields: readonly FieldChange[], ...roots: readonly string[]): boolean =>
  fields.some(({ path }) =>
    roots.some((root) => path === root || path.startsWith(`${root}.`) || path.startsWith(`${root}[`)),
  );

/**
 * The only fields of a StatefulSet's spec that can change. Source: validation of apps/v1, ValidateStatefulSetUpdate.
 */
const STATEFUL_MUTABLE = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
].map((field) => `spec.${field}`);

const DATA = ["data", "binaryData", "stringData", "immutable"] as const;

const rollsPods: Rule = ({ fields }) => {
  if (under(fields, "spec.selector")) return "recreate";
  return under(fields, "spec.template") ? "rolling" : "in-place";
};

const RULES: Readonly<Record<string, Rule>> = {
  Deployment: rollsPods,
  DaemonSet: rollsPods,
  StatefulSet({ fields }) {
    const fixed = fields.filter(({ path }) => path.startsWith("spec.") && !under([{ path }], ...STATEFUL_MUTABLE));
    if (under(fixed, "spec.selector")) return "recreate";
    if (fixed.length > 0) return "orphan-recreate";
    return under(fields, "spec.template") ? "rolling" : "in-place";
  },
  // The name contains a hash of the content, so another template under the same name does not occur. If it did, it
  // would need a new Job.
  Job: ({ fields }) =>
    under(fields, "spec.template", "spec.selector", "spec.podFailurePolicy") ? "recreate" : "in-place",
  Service({ before, after }) {
    const headless = (service: Manifest): boolean => dig(service, "spec", "clusterIP") === "None";
    return headless(before) === headless(after) ? "in-place" : "recreate";
  },
  Secret: ({ fields, before }) =>
    under(fields, "type") || (before["immutable"] === true && under(fields, ...DATA)) ? "recreate" : "in-place",
  ConfigMap: ({ fields, before }) => (before["immutable"] === true && under(fields, ...DATA) ? "recreate" : "in-place"),
  RoleBinding: ({ fields }) => (under(fields, "roleRef") ? "recreate" : "in-place"),
  ClusterRoleBinding: ({ fields }) => (under(fields, "roleRef") ? "recreate" : "in-place"),
};

export function classOf(versions: Versions): ChangeClass {
  return RULES[versions.after.kind]?.(versions) ?? "in-place";
}

const count = (manifest: Manifest): number => {
  const replicas = dig(manifest, "spec", "replicas");
  return typeof replicas === "number" ? replicas : 1;
};

/** How pods of a kind are replaced when their template changes. */
const ROLLING: Readonly<Record<string, (manifest: Manifest) => Disruption>> = {
  Deployment: (manifest) => (dig(manifest, "spec", "strategy", "type") === "Recreate" ? "interruption" : "rolling"),
  // The old pod ends before its successor starts: with one replica, no pod answers in between.
  StatefulSet: (manifest) => (count(manifest) > 1 ? "restart" : "interruption"),
  DaemonSet: () => "restart",
};

/** Kinds whose replacement running pods do not notice. */
const UNNOTICED: ReadonlySet<string> = new Set(["ConfigMap", "Secret", "Job"]);

export function disruptionOf(change: ChangeClass, after: Manifest): Disruption {
  const idle = ROLLING[after.kind] !== undefined && count(after) === 0;
  if (idle) return "none";
  if (change === "rolling") return ROLLING[after.kind]?.(after) ?? "none";
  return change === "recreate" && !UNNOTICED.has(after.kind) ? "interruption" : "none";
}

/**
 * How an object is replaced when the cluster refuses to change it in place. Kinds that are absent are never replaced:
 * the document must change.
 */
const REMADE: Readonly<Record<string, ChangeClass>> = {
  StatefulSet: "orphan-recreate",
  Deployment: "recreate",
  DaemonSet: "recreate",
  Service: "recreate",
  ConfigMap: "recreate",
  Secret: "recreate",
  RoleBinding: "recreate",
  ClusterRoleBinding: "recreate",
};

export function remadeClass(kind: string): ChangeClass | undefined {
  return REMADE[kind];
}

/** The claims of an object by name: the object itself, or the claim templates of a StatefulSet. */
export function claimSpecs(manifest: Manifest): ReadonlyMap<string, JsonObject> {
  if (manifest.kind === "PersistentVolumeClaim") return named([manifest]);
  const templates = dig(manifest, "spec", "volumeClaimTemplates");
  return named(Array.isArray(templates) ? templates : []);
}

function named(claims: readonly unknown[]): ReadonlyMap<string, JsonObject> {
  return new Map(
    claims.flatMap((claim) => {
      const [name, spec] = [dig(claim, "metadata", "name"), dig(claim, "spec")];
      return typeof name === "string" && isObject(spec) ? [[name, spec] as const] : [];
    }),
  );
}

// The checks that can refuse an apply before anything is written. `dryRun` and `apply` use the same rules in the same
// order.

import { scalarAt, textAt } from "../model/data/fieldReaders.ts";
import { canonicalJson, dig, isObject, type Json } from "../model/data/json.ts";
import { LABELS, MANAGED_BY, type Manifest, type ObjectRef, refOf, shortRef } from "../model/kubernetes/manifest.ts";
import { applicationOwner } from "../model/kubernetes/ownership.ts";
import { parseQuantity } from "../model/kubernetes/quantity.ts";
import { type Reason, reason } from "../model/reasons/reason.ts";
import { faultOf } from "./faults/faults.ts";
import { groupKind, scopeOf } from "./objects/kinds.ts";
import { claimUsage, overQuota, type Quotas, usageOf } from "./objects/quota.ts";
import type { SandboxObjects, StoredObject } from "./objects/sandboxObjects.ts";
import { workloadKind } from "./objects/workloadTemplate.ts";

interface AdmissionRules {
  readonly objects: SandboxObjects;
  readonly quotas: Quotas;
  readonly namespaceExists: (name: string) => boolean;
}

export function refusalOf(
  object: Manifest,
  rules: AdmissionRules,
  { adopt = false }: { readonly adopt?: boolean } = {},
): Reason | null {
  const ref = refOf(object);
  const live = rules.objects.get(ref);
  return (
    misplaced(ref, rules) ??
    (live === undefined
      ? null
      : (otherOwner(live.manifest, object, adopt) ?? immutableChange(live.manifest, object))) ??
    denied(object) ??
    (live === undefined ? claimOverQuota(object, rules) : null)
  );
}

function misplaced(ref: ObjectRef, rules: AdmissionRules): Reason | null {
  const scope = scopeOf(ref) ?? definedScope(ref, rules.objects);
  const refused = (detail: string): Reason => reason("RefusedByServer", { object: shortRef(ref), detail });
  if (scope === undefined) return refused(`the sandbox does not serve ${ref.apiVersion} ${ref.kind}`);
  if (scope === "cluster") return null;
  if (ref.namespace === "") return refused("it has no namespace");
  return rules.namespaceExists(ref.namespace) ? null : reason("Missing", { object: `Namespace/${ref.namespace}` });
}

/** The scope of a kind that a CustomResourceDefinition in the sandbox defines. */
function definedScope(ref: ObjectRef, objects: SandboxObjects): "namespace" | "cluster" | undefined {
  const definition = objects
    .list()
    .map((one) => one.manifest)
    .filter((one) => one.kind === "CustomResourceDefinition")
    .find((one) => `${textAt(one, "spec", "group")}/${textAt(one, "spec", "names", "kind")}` === groupKind(ref));
  if (definition === undefined) return undefined;
  return textAt(definition, "spec", "scope") === "Cluster" ? "cluster" : "namespace";
}

/** An object of the same name that kubemin did not create for this application must not be changed. */
function otherOwner(live: Manifest, wanted: Manifest, adopt: boolean): Reason | null {
  const [theirs, ours] = [live.metadata.labels ?? {}, wanted.metadata.labels ?? {}];
  const object = shortRef(refOf(live));
  if (theirs[LABELS.managedBy] !== MANAGED_BY) {
    if (adopt && theirs[LABELS.application] === undefined) return null;
    return reason("OwnedByOther", {
      object,
      owner: theirs[LABELS.managedBy] ?? "withoutLabels",
    });
  }
  const same = [LABELS.project, LABELS.application].every((label) => theirs[label] === ours[label]);
  if (same) return null;
  const owner = applicationOwner(theirs[LABELS.application], theirs[LABELS.project]);
  return reason("OwnedByOther", { object, ...owner });
}

const IMMUTABLE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "apps/Deployment": [["spec", "selector"]],
  "apps/DaemonSet": [["spec", "selector"]],
  "apps/StatefulSet": [
    ["spec", "selector"],
    ["spec", "serviceName"],
    ["spec", "volumeClaimTemplates"],
    ["spec", "podManagementPolicy"],
  ],
  "batch/Job": [
    ["spec", "template"],
    ["spec", "selector"],
    ["spec", "completions"],
  ],
  Service: [["spec", "clusterIP"]],
  PersistentVolumeClaim: [
    ["spec", "accessModes"],
    ["spec", "storageClassName"],
    ["spec", "volumeMode"],
  ],
};

function immutableChange(live: Manifest, wanted: Manifest): Reason | null {
  const object = shortRef(refOf(live));
  for (const path of IMMUTABLE[groupKind(refOf(live))] ?? []) {
    const next = dig(wanted, ...path);
    if (next !== undefined && canonicalJson(next) !== canonicalJson(dig(live, ...path))) {
      return reason("ImmutableField", { object, field: path.join(".") });
    }
  }
  const headless = (one: Manifest): boolean => one.kind === "Service" && dig(one, "spec", "clusterIP") === "None";
  if (headless(live) !== headless(wanted)) return reason("ImmutableField", { object, field: "spec.clusterIP" });
  if (live.kind === "Secret" && wanted["type"] !== undefined && wanted["type"] !== (live["type"] ?? "Opaque"))
    return reason("ImmutableField", { object, field: "type" });
  if (frozen(live) && !sameData(live, wanted)) return reason("ImmutableField", { object, field: "data" });
  if (smallerVolume(live, wanted))
    return reason("ImmutableField", { object, field: "spec.resources.requests.storage" });
  return null;
}

function frozen(live: Manifest): boolean {
  return (live.kind === "ConfigMap" || live.kind === "Secret") && live["immutable"] === true;
}

function sameData(a: Manifest, b: Manifest): boolean {
  const data = (one: Manifest): Json => [one["data"] ?? {}, one["stringData"] ?? {}].filter(isObject);
  return canonicalJson(data(a)) === canonicalJson(data(b));
}

/** A claim can only grow. */
function smallerVolume(live: Manifest, wanted: Manifest): boolean {
  if (live.kind !== "PersistentVolumeClaim") return false;
  const size = (one: Manifest): number | undefined =>
    parseQuantity(scalarAt(one, "spec", "resources", "requests", "storage"));
  const [before, after] = [size(live), size(wanted)];
  return before !== undefined && after !== undefined && after < before;
}

function denied(object: Manifest): Reason | null {
  const fault = workloadKind(object) === undefined ? null : faultOf(object);
  return fault?.name === "policy" ? reason("PolicyDenied", { detail: fault.detail }) : null;
}

function claimOverQuota(object: Manifest, { objects, quotas }: AdmissionRules): Reason | null {
  const { namespace = "" } = object.metadata;
  if (object.kind !== "PersistentVolumeClaim") return null;
  return overQuota(quotas.get(namespace), usageOf(objects, namespace), claimUsage(object));
}

/** For an object that is being deleted: the API server would accept the write, and the deletion would discard it. */
export function leaving(live: StoredObject | undefined): Reason | null {
  if (live === undefined || live.goneAt === null) return null;
  return reason("Terminating", { object: shortRef(refOf(live.manifest)) });
}

// What a workload asks for: its pod template, the number of pods, and whether they serve or end by themselves. One row
// per kind.

import { listAt, objectAt, optionalNumberAt, textAt, textsAt } from "../../model/data/fieldReaders.ts";
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";
import { isSealed, MASK } from "../../model/document/sealed.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { groupKind } from "./kinds.ts";
import { hashOf } from "./labelSelectors.ts";

interface WorkloadKind {
  /** serve: the pods become ready and stay · end: the pods run once and end */
  readonly style: "serve" | "end";
  readonly replicas: (object: Manifest) => number;
  /** Whether pods are named `web-0`, `web-1` instead of getting random names. */
  readonly numbered: boolean;
  /** Whether pods of the previous version run until the new ones are ready. */
  readonly overlaps: (object: Manifest) => boolean;
}

const specReplicas = (object: Manifest): number => optionalNumberAt(object, "spec", "replicas") ?? 1;
const WORKLOADS: Readonly<Record<string, WorkloadKind>> = {
  "apps/Deployment": {
    style: "serve",
    replicas: specReplicas,
    numbered: false,
    overlaps: (object) => textAt(object, "spec", "strategy", "type") !== "Recreate",
  },
  "apps/ReplicaSet": { style: "serve", replicas: specReplicas, numbered: false, overlaps: () => false },
  "apps/StatefulSet": { style: "serve", replicas: specReplicas, numbered: true, overlaps: () => false },
  "apps/DaemonSet": { style: "serve", replicas: () => 1, numbered: false, overlaps: () => false },
  "batch/Job": {
    style: "end",
    replicas: (object) => optionalNumberAt(object, "spec", "completions") ?? 1,
    numbered: false,
    overlaps: () => false,
  },
};

export function workloadKind(object: Manifest): WorkloadKind | undefined {
  return WORKLOADS[groupKind(object)];
}

/** Whether a Job has no pods because its user or a queue suspended it. */
export function isSuspended(object: Manifest): boolean {
  return dig(object, "spec", "suspend") === true;
}

export function templateOf(object: Manifest): JsonObject {
  return objectAt(object, "spec", "template");
}

export function templateHash(object: Manifest): string {
  return hashOf(templateOf(object));
}

export function containersOf(template: JsonObject): readonly JsonObject[] {
  return [...listAt(template, "spec", "initContainers"), ...listAt(template, "spec", "containers")];
}

export function mainContainer(template: JsonObject): JsonObject {
  return listAt(template, "spec", "containers")[0] ?? {};
}

/** The command that the container would run, for log lines. Sealed values are masked. */
export function commandOf(container: JsonObject): string {
  const words = [...textsAt(container, "command"), ...textsAt(container, "args")];
  if (words.length === 0) return `the entry point of ${textAt(container, "image")}`;
  return words.map((word) => (isSealed(word) ? MASK : word)).join(" ");
}

/**
 * The exit code of a script whose last statement is a plain `exit N`; `undefined` for every other script. The sandbox
 * runs nothing, but a task whose text says `exit 1` must not be reported as completed.
 */
export function exitCodeOf(container: JsonObject): number | undefined {
  const script = [...textsAt(container, "command"), ...textsAt(container, "args")].at(-1) ?? "";
  const match = /(?:^|[;\n])\s*exit\s+(\d{1,3})\s*;?\s*$/.exec(script);
  return match === null ? undefined : Number(match[1]);
}

/**
 * The sum over the containers as quotas count it. A request that is absent is taken from the limit, as the API server
 * does.
 */
export function resourcesOf(template: JsonObject): ReadonlyMap<string, readonly (string | number)[]> {
  const sums = new Map<string, (string | number)[]>();
  for (const container of listAt(template, "spec", "containers")) {
    const limits = objectAt(container, "resources", "limits");
    const requests = { ...limits, ...objectAt(container, "resources", "requests") };
    for (const [prefix, values] of [
      ["requests", requests],
      ["limits", limits],
    ] as const) {
      for (const [resource, value] of Object.entries(values)) {
        if (typeof value !== "string" && typeof value !== "number") continue;
        const key = `${prefix}.${resource}`;
        sums.set(key, [...(sums.get(key) ?? []), value]);
      }
    }
  }
  return sums;
}

export interface NamedReference {
  readonly kind: "ConfigMap" | "Secret" | "PersistentVolumeClaim";
  readonly name: string;
  /** One key of the object; empty when the whole object is meant. */
  readonly key: string;
  readonly container: string;
}

/** The objects that must exist before the pods can start. References marked `optional` are left out. */
export function referencesOf(template: JsonObject): readonly NamedReference[] {
  const found: NamedReference[] = [];
  const add = (kind: NamedReference["kind"], source: JsonObject, place: { field: string; container: string }): void => {
    const name = textAt(source, place.field);
    if (name !== "" && source["optional"] !== true) {
      found.push({ kind, name, key: textAt(source, "key"), container: place.container });
    }
  };
  for (const container of containersOf(template)) {
    const named = { field: "name", container: textAt(container, "name") };
    for (const variable of listAt(container, "env")) {
      add("ConfigMap", objectAt(variable, "valueFrom", "configMapKeyRef"), named);
      add("Secret", objectAt(variable, "valueFrom", "secretKeyRef"), named);
    }
    for (const source of listAt(container, "envFrom")) {
      add("ConfigMap", objectAt(source, "configMapRef"), named);
      add("Secret", objectAt(source, "secretRef"), named);
    }
  }
  for (const volume of listAt(template, "spec", "volumes")) {
    const container = textAt(mainContainer(template), "name");
    add("ConfigMap", objectAt(volume, "configMap"), { field: "name", container });
    add("Secret", objectAt(volume, "secret"), { field: "secretName", container });
    add("PersistentVolumeClaim", objectAt(volume, "persistentVolumeClaim"), { field: "claimName", container });
  }
  return found;
}

/** Whether the ConfigMap or Secret contains the key. */
export function holdsKey(object: Manifest, key: string): boolean {
  if (key === "") return true;
  return ["data", "stringData", "binaryData"].some((field) => {
    const entries = object[field];
    return isObject(entries) && entries[key] !== undefined;
  });
}

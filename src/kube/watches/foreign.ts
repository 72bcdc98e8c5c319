// The objects of queues (Kueue, Volcano): their controllers create them, without kubemin's label. All of them are
// watched, because the place in a queue depends on the others. Only the fields that a verdict reads are kept.

import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import { isObject, type JsonObject } from "../../model/data/json.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";

type Kept = (spec: JsonObject) => JsonObject;

const FOREIGN: Readonly<Record<string, Kept>> = {
  Workload: (spec) => ({
    ...picked(spec, ["active", "queueName", "priority"]),
    podSets: listAt(spec, "podSets").map((one) => picked(one, ["name", "count", "minCount"])),
  }),
  PodGroup: (spec) => picked(spec, ["queue", "minMember", "minResources", "priorityClassName"]),
};

export function isForeign({ kind }: { readonly kind: string }): boolean {
  return kind in FOREIGN;
}

export function stripForeign({ apiVersion, kind, metadata, spec, status = {} }: Manifest): Manifest {
  const { name, namespace = "", uid = "", ownerReferences = [] } = metadata;
  const creationTimestamp = textAt(metadata, "creationTimestamp");
  const kept = isObject(spec) ? (FOREIGN[kind]?.(spec) ?? {}) : {};
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, ownerReferences, creationTimestamp },
    spec: kept,
    status,
  };
}

function picked(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = object[field];
      return value === undefined ? [] : [[field, value] as const];
    }),
  );
}

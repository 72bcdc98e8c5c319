// The quotas and limit ranges of all namespaces in memory, as last reported by the cluster.
import type { JsonObject } from "../../model/data/json.ts";
import { textAt } from "../kubernetes/optionalFields.ts";

export interface NamespaceTable {
  readonly putQuota: (quota: JsonObject) => void;
  readonly removeQuota: (quota: JsonObject) => void;
  readonly replaceQuotas: (quotas: readonly JsonObject[]) => void;
  readonly putLimitRange: (range: JsonObject) => void;
  readonly removeLimitRange: (range: JsonObject) => void;
  readonly replaceLimitRanges: (ranges: readonly JsonObject[]) => void;
  quotas(namespace: string): readonly JsonObject[];
  limitRanges(namespace: string): readonly JsonObject[];
}

interface NamespaceChanges {
  readonly add: (change: { readonly quotasOf: string } | { readonly limitsOf: string }) => void;
  readonly addAll: () => void;
}

export function createNamespaceTable({ add, addAll }: NamespaceChanges): NamespaceTable {
  const quotas = createObjectTable((quotasOf) => add({ quotasOf }), addAll);
  const ranges = createObjectTable((limitsOf) => add({ limitsOf }), addAll);
  return {
    putQuota: quotas.put,
    removeQuota: quotas.remove,
    replaceQuotas: quotas.replace,
    putLimitRange: ranges.put,
    removeLimitRange: ranges.remove,
    replaceLimitRanges: ranges.replace,
    quotas: quotas.of,
    limitRanges: ranges.of,
  };
}

function createObjectTable(onChange: (namespace: string) => void, onReplace: () => void) {
  const byNamespace = new Map<string, Map<string, JsonObject>>();
  const put = (object: JsonObject): void => {
    const namespace = textAt(object, "metadata", "namespace");
    const own = byNamespace.get(namespace) ?? new Map<string, JsonObject>();
    byNamespace.set(namespace, own.set(textAt(object, "metadata", "name"), object));
  };
  return {
    put: (object: JsonObject): void => {
      put(object);
      onChange(textAt(object, "metadata", "namespace"));
    },
    remove: (object: JsonObject): void => {
      const namespace = textAt(object, "metadata", "namespace");
      byNamespace.get(namespace)?.delete(textAt(object, "metadata", "name"));
      onChange(namespace);
    },
    replace: (objects: readonly JsonObject[]): void => {
      onReplace();
      byNamespace.clear();
      for (const object of objects) put(object);
    },
    of: (namespace: string): readonly JsonObject[] => [...(byNamespace.get(namespace)?.values() ?? [])],
  };
}

// The ConfigMaps and Secrets of this application that a pod reads, as a hash on its template: a change of them replaces
// exactly the pods that use them. Secret values are sealed tokens here. Equal values have equal tokens, so the hash
// changes with the value and reveals nothing of it.

import { contentHash } from "../../model/data/hash.ts";
import { dig, isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { objectsIn } from "./merge/manifestLists.ts";

/** A ConfigMap or Secret that a pod reads; `key` is set when only one key is read. */
export interface ConfigurationReference {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  readonly key?: string;
}

export type Sources = ReadonlyMap<string, Manifest>;

export function isSource(manifest: Manifest): boolean {
  return manifest.kind === "ConfigMap" || manifest.kind === "Secret";
}

export function sourceKey({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}/${name}`;
}

/** `undefined` when the pod reads nothing that this application creates. */
export function configurationHash(pod: JsonObject, sources: Sources): string | undefined {
  const read = readings(pod).flatMap((reading) => {
    const source = sources.get(sourceKey(reading));
    return source === undefined
      ? []
      : [[sourceKey(reading), reading.key ?? "", contentOf(source, reading.key)] as const];
  });
  if (read.length === 0) return undefined;
  const sorted = read.map((entry) => JSON.stringify(entry)).sort();
  return contentHash([...new Set(sorted)]).slice(0, 16);
}

function contentOf(source: Manifest, key: string | undefined): Json {
  const fields = ["data", "binaryData", "stringData"] as const;
  return fields.map((field) => {
    const data = source[field];
    if (!isObject(data)) return null;
    return key === undefined ? Object.entries(data).map(([name, value]) => [name, value ?? null]) : (data[key] ?? null);
  });
}

export function readings(pod: JsonObject): readonly ConfigurationReference[] {
  const containers = [...objectsIn(pod["initContainers"]), ...objectsIn(pod["containers"])];
  return [...containers.flatMap(ofContainer), ...objectsIn(pod["volumes"]).flatMap(ofVolume)];
}

function ofContainer(container: JsonObject): readonly ConfigurationReference[] {
  const whole = objectsIn(container["envFrom"]).flatMap((from) => [
    ...reading("ConfigMap", dig(from, "configMapRef", "name")),
    ...reading("Secret", dig(from, "secretRef", "name")),
  ]);
  const keys = objectsIn(container["env"]).flatMap(({ valueFrom }) => [
    ...reading("ConfigMap", dig(valueFrom, "configMapKeyRef", "name"), dig(valueFrom, "configMapKeyRef", "key")),
    ...reading("Secret", dig(valueFrom, "secretKeyRef", "name"), dig(valueFrom, "secretKeyRef", "key")),
  ]);
  return [...whole, ...keys];
}

function ofVolume(volume: JsonObject): readonly ConfigurationReference[] {
  const projected = dig(volume, "projected", "sources");
  const sources = Array.isArray(projected) ? projected.filter(isObject) : [];
  return [
    ...reading("ConfigMap", dig(volume, "configMap", "name")),
    ...reading("Secret", dig(volume, "secret", "secretName")),
    ...sources.flatMap((source) => [
      ...reading("ConfigMap", dig(source, "configMap", "name")),
      ...reading("Secret", dig(source, "secret", "name")),
    ]),
  ];
}

function reading(
  kind: ConfigurationReference["kind"],
  name: unknown,
  key?: unknown,
): readonly ConfigurationReference[] {
  if (typeof name !== "string") return [];
  return [{ kind, name, ...(typeof key === "string" ? { key } : {}) }];
}

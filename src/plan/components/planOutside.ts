// Whether the ConfigMaps and Secrets that the document reads but does not create exist on the cluster, and contain the
// keys that it reads.
import { isObject } from "../../model/data/json.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import { nearest } from "../../model/kubernetes/name.ts";
import { type Problem, problem, warning } from "../../model/problems/problem.ts";
import type { ResolvedApplication } from "./resolvedApplication.ts";

/**
 * `present` contains `Kind/name` of what exists; with `null` the cluster could not be asked, and a missing object is
 * only a warning.
 */
export function checkOutside(
  application: ResolvedApplication,
  rendered: readonly Manifest[],
  present: ReadonlySet<string> | null,
): readonly Problem[] {
  // Traits create ConfigMaps and Secrets too, and only rendering shows which.
  const made = new Set(rendered.map((manifest) => shortRef({ kind: manifest.kind, name: manifest.metadata.name })));
  const names = application.components.map((component) => component.name);
  return application.outside.flatMap(({ kind, name, pointer, external }) => {
    const object = shortRef({ kind, name });
    if (external || made.has(object) || present?.has(object)) return [];
    if (present === null) return [warning("MissingObject", pointer, { object })];
    return [problem("MissingObject", pointer, { object }, nearest(name, names))];
  });
}

const DATA = ["data", "binaryData", "stringData"] as const;

export function keysOf(manifest: Manifest): readonly string[] {
  return DATA.flatMap((field) => (isObject(manifest[field]) ? Object.keys(manifest[field]) : []));
}

/**
 * `present` contains the keys of what exists on the cluster, by `Kind/name`. Objects that exist nowhere are not
 * reported here.
 */
export function checkKeys(
  application: ResolvedApplication,
  rendered: readonly Manifest[],
  present: ReadonlyMap<string, readonly string[]>,
): readonly Problem[] {
  const made = new Map(
    rendered.map((manifest) => [shortRef({ kind: manifest.kind, name: manifest.metadata.name }), manifest]),
  );
  return application.keys.flatMap(({ kind, name, key, pointer }) => {
    const object = shortRef({ kind, name });
    const manifest = made.get(object);
    if (key === undefined) return manifest === undefined ? [] : bytesAmong(manifest, pointer);
    const keys = manifest === undefined ? present.get(object) : keysOf(manifest);
    if (keys === undefined || keys.includes(key)) return [];
    return [problem("UnknownKey", pointer, { object, key, known: keys.join(", ") || "–" }, nearest(key, keys))];
  });
}

/** Kubernetes makes environment variables from `data` only. */
function bytesAmong(manifest: Manifest, pointer: string): readonly Problem[] {
  const { binaryData } = manifest;
  const keys = isObject(binaryData) ? Object.keys(binaryData) : [];
  return keys.map((key) => warning("BinaryVariable", pointer, { key }));
}

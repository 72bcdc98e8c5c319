// ConfigMaps and Secrets that the document reads: do those that it does not make exist on the cluster, and do they have the keys it asks for?
import { isObject } from "../../model/data/json.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import { nearest } from "../../model/kubernetes/name.ts";
import { type Problem, problem, warning } from "../../model/problems/problem.ts";
import type { ResolvedApplication } from "./resolvedApplication.ts";

/** `present`: `Kind/name` of what exists; null when nobody could look, which makes it a warning. */
export function checkOutside(
  application: ResolvedApplication,
  rendered: readonly Manifest[],
  present: ReadonlySet<string> | null,
): readonly Problem[] {
  // Traits make ConfigMaps and Secrets too, which only rendering knows.
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

/** `present`: keys of what exists on the cluster, by `Kind/name`. Of what is nowhere nothing is said here. */
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

/** Kubernetes makes variables of `data` alone. */
function bytesAmong(manifest: Manifest, pointer: string): readonly Problem[] {
  const { binaryData } = manifest;
  const keys = isObject(binaryData) ? Object.keys(binaryData) : [];
  return keys.map((key) => warning("BinaryVariable", pointer, { key }));
}

// ConfigMaps and Secrets that the document reads and does not make: do they exist on the cluster?
import { type Manifest, shortRef } from "../model/manifest.ts";
import { nearest } from "../model/name.ts";
import { type Problem, problem, warning } from "../model/problem.ts";
import type { ResolvedApplication } from "./resolved.ts";

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

// Finds further problems in a document that has problems already: the components that passed every check are rendered
// all the same, so that a misspelt name in one component does not hide a mount path that is used twice in another. What
// is rendered here is never deployed.

import { type Problem } from "../../model/problems/problem.ts";
import { NEUTRAL } from "../components/neutralFacts.ts";
import { checkKeys } from "../components/planOutside.ts";
import type { ResolvedApplication, ResolvedComponent } from "../components/resolvedApplication.ts";
import { renderApplication } from "../render/render.ts";

/**
 * `application` contains what could be resolved; `problems` are those found so far. Returns only errors that are not
 * among them.
 */
export function furtherProblems(application: ResolvedApplication, problems: readonly Problem[]): readonly Problem[] {
  const sound = withoutBroken(application.components, problems);
  if (sound.length === 0) return [];
  const part = { ...application, components: sound };
  const { components, problems: found } = renderApplication({ application: part, project: "", facts: NEUTRAL });
  const manifests = components.flatMap((one) => one.objects.map(({ manifest }) => manifest));
  const known = new Set(problems.map(({ code, pointer }) => `${code} ${pointer}`));
  const keys = checkKeys(
    { ...part, keys: application.keys.filter(({ pointer }) => isWithin(pointer, sound)) },
    manifests,
    new Map(),
  );
  return [...found, ...keys].filter((one) => one.severity === "error" && !known.has(`${one.code} ${one.pointer}`));
}

function isWithin(pointer: string, components: readonly ResolvedComponent[]): boolean {
  return components.some((one) => pointer.startsWith(`${one.pointer}/`));
}

/** A component that needs a broken one cannot be rendered either. */
function withoutBroken(
  components: readonly ResolvedComponent[],
  problems: readonly Problem[],
): readonly ResolvedComponent[] {
  const errors = problems.filter((one) => one.severity === "error").map((one) => `${one.pointer}/`);
  let left = components.filter(({ pointer }) => !errors.some((error) => error.startsWith(`${pointer}/`)));
  for (;;) {
    const names = new Set(left.map(({ name }) => name));
    const kept = left.filter(({ needs, wishes }) => [...needs, ...wishes].every(({ job }) => names.has(job)));
    if (kept.length === left.length) return kept;
    left = kept;
  }
}

// What else is wrong, of a document that has mistakes already: the components that passed every check are put together all the same, so that
// a name written wrong in one of them does not hide a mount path used twice in another. Nothing of it is ever deployed.

import { type Problem } from "../../model/problems/problem.ts";
import { NEUTRAL } from "../components/neutralFacts.ts";
import { checkKeys } from "../components/planOutside.ts";
import type { ResolvedApplication, ResolvedComponent } from "../components/resolvedApplication.ts";
import { renderApplication } from "../render/render.ts";

/** `components` and `application` are what could be resolved; `problems` what is known already. */
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

/** Whoever needs a value of a broken one cannot be put together either. */
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

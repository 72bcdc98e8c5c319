// What each step waits for: the steps that it names, and those before it in its list. A step whose condition looks at
// the phase of another one waits for the end of that one and not for its success, whatever else orders the two: it
// could never run otherwise. Steps after such a step in a StepByStep list still wait for the success of the one before
// it.

import type { StepNeed } from "../steps/resolvedWorkflow.ts";
import type { StepEdge } from "./checkReferences.ts";
import { isRelated, type StepDraft, type WorkflowMode } from "./stepDraft.ts";

interface Steps {
  readonly byName: ReadonlyMap<string, StepDraft>;
  readonly edges: ReadonlyMap<StepDraft, readonly StepEdge[]>;
}

export function needsOfSteps(
  list: readonly StepDraft[],
  mode: WorkflowMode,
  steps: Steps,
): ReadonlyMap<StepDraft, readonly StepNeed[]> {
  const needs = new Map<StepDraft, readonly StepNeed[]>();
  let before: readonly StepDraft[] = [];
  for (const step of list) {
    const own = needsOf(step, mode === "StepByStep" ? before : [], steps);
    needs.set(step, own);
    for (const [part, inner] of needsOfSteps(step.subSteps, step.mode, steps)) needs.set(part, inner);
    const loose = new Set(own.filter((one) => one.on === "end" && one.kind === "step").map((one) => one.name));
    before = [step, ...before.filter((one) => !isTidyingUp(step) && loose.has(one.name ?? ""))];
  }
  return needs;
}

function needsOf(step: StepDraft, before: readonly StepDraft[], { byName, edges }: Steps): readonly StepNeed[] {
  const own = edges.get(step) ?? [];
  const watched = own.filter((one) => one.phase).flatMap((one) => byName.get(one.name) ?? []);
  const wish = (edge: Omit<StepEdge, "phase" | "pointer"> & { readonly pointer?: string }): StepNeed => {
    const { kind, name, because, pointer } = edge;
    const target = kind === "step" ? byName.get(name) : undefined;
    const end = target !== undefined && waitsForEnd(step, { target, because, watched });
    const need = { kind, name, because, ...(pointer === undefined ? {} : { pointer }) };
    return end ? { ...need, on: "end" } : need;
  };
  const all = [
    ...own.map((edge) => wish(edge)),
    ...before.flatMap(({ name }) => (name === undefined ? [] : [wish({ kind: "step", name, because: "order" })])),
  ];
  // One need for each step or component; an entry in dependsOn comes first and is kept.
  const unique = new Map<string, StepNeed>();
  for (const need of all) {
    const key = `${need.kind} ${need.name}`;
    if (!unique.has(key)) unique.set(key, need);
  }
  return [...unique.values()];
}

interface Waiting {
  readonly target: StepDraft;
  readonly because: StepEdge["because"];
  readonly watched: readonly StepDraft[];
}

/**
 * Final steps use whatever outputs exist, and run one after the other even if one of them fails; dependsOn still means
 * success.
 */
function waitsForEnd(step: StepDraft, { target, because, watched }: Waiting): boolean {
  if (watched.some((one) => isRelated(one, target))) return true;
  if (!step.final) return false;
  return because === "order" ? isTidyingUp(step) : because === "reference" && !target.final;
}

/**
 * True for the direct steps of `finally`: each runs however the one before ended. Inside a group in `finally`, the
 * order means success.
 */
function isTidyingUp({ final, parent }: StepDraft): boolean {
  return final && parent === null;
}

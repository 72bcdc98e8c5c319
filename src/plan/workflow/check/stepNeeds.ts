// What each step waits for, of everything that orders it: what it names, and the list that it stands in.
// A step whose condition looks at how another one stands waits for that one's end and not for its success, whatever else orders the two: it
// could never run otherwise. Those that come after such a step in a StepByStep list still wait for the success of the one before it.

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
  // One need for each; what the user wrote in dependsOn comes first and stays.
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

/** Final steps look at whatever there is, and tidy up one after the other even if one of them fails; dependsOn still means success. */
function waitsForEnd(step: StepDraft, { target, because, watched }: Waiting): boolean {
  if (watched.some((one) => isRelated(one, target))) return true;
  if (!step.final) return false;
  return because === "order" ? isTidyingUp(step) : because === "reference" && !target.final;
}

/** One of the final steps themselves: each of them runs whatever became of the one before. Inside of a group in `finally` the order means success. */
function isTidyingUp({ final, parent }: StepDraft): boolean {
  return final && parent === null;
}

// Finds every problem of a workflow that can be found without a cluster and without values for its inputs, and resolves
// the workflow when there is no error. It never throws, whatever JSON it is given.

import type { Edge } from "../../../model/data/cycle.ts";
import type { Json } from "../../../model/data/json.ts";
import type { Path } from "../../../model/data/pointer.ts";
import type { WorkflowInput } from "../../../model/document/document.ts";
import { hasErrors, type Problem, problem } from "../../../model/problems/problem.ts";
import { checkKnown, checkObject, type DocumentPart, field, fieldPointer } from "../../fields/checkFields.ts";
import { clip } from "../../fields/valueWords.ts";
import type { ResolvedWorkflow } from "../steps/resolvedWorkflow.ts";
import type { StepTypes } from "../steps/stepKinds.ts";
import { checkReach } from "./checkConditions.ts";
import { checkDeploys } from "./checkDeploys.ts";
import { checkInputs } from "./checkInputs.ts";
import { checkLimits } from "./checkLocks.ts";
import { edgesOf } from "./checkReferences.ts";
import { checkSteps, modeOf } from "./checkStep.ts";
import { textsLikeTemplates } from "./checkTexts.ts";
import type { Known } from "./referTo.ts";
import { resolveSteps } from "./resolveSteps.ts";
import { secretInputPaths } from "./secretInputs.ts";
import { allSteps, type StepDraft } from "./stepDraft.ts";
import { needsOfSteps } from "./stepNeeds.ts";
import { checkStepOrder, type StepLists } from "./stepOrder.ts";

const WORKFLOW_FIELDS = ["mode", "inputs", "steps", "finally"];

/** What steps can refer to in a component of the same document. */
interface ComponentFacts {
  readonly pointer: string;
  /** `undefined` when the properties have problems, so that the outputs are not known. */
  readonly outputs: Readonly<Record<string, string>> | undefined;
  readonly needs: readonly Edge[];
}

interface WorkflowCheckContext {
  readonly types: StepTypes;
  readonly components: ReadonlyMap<string, ComponentFacts>;
  readonly pointer: string;
  readonly problems: Problem[];
  /** True when types that are not in `types` may be registered at the server. */
  readonly offline?: boolean;
}

export function checkWorkflow(value: Json, around: WorkflowCheckContext): ResolvedWorkflow | null {
  const problems: Problem[] = [];
  const workflow = check(value, { ...around, problems });
  for (const one of problems) around.problems.push(one);
  return hasErrors(problems) ? null : workflow;
}

function check(value: Json, around: WorkflowCheckContext): ResolvedWorkflow | null {
  const { pointer, problems, types, components } = around;
  if (!checkObject(value, pointer, problems)) return null;
  const part: DocumentPart = { value, pointer, problems };
  checkKnown(part, WORKFLOW_FIELDS);
  const inputs = checkInputs(part);
  const lists = listsOf(part, around);
  const all = [...allSteps(lists.steps), ...allSteps(lists.finally)];
  const byName = uniqueNames(all, around);
  const known: Known = {
    steps: byName,
    components: new Map([...components].map(([name, { outputs }]) => [name, outputs] as const)),
    inputs,
    secretInputs: secretInputPaths(value, types),
    problems,
  };
  const { secretInputs } = known;
  const edges = new Map(all.map((step) => [step, edgesOf(known, step)] as const));
  const deployedBy = checkDeploys(all, components, problems);
  problems.push(...all.flatMap(textsLikeTemplates));
  problems.push(...all.flatMap((step) => namedLikeComponent(step, components, deployedBy)));
  for (const step of all)
    problems.push(...(edges.get(step) ?? []).flatMap((edge) => finalBeforeOthers(step, byName.get(edge.name), edge)));
  problems.push(...checkLimits(all));
  const needs = new Map([...components].map(([name, one]) => [name, one.needs] as const));
  // Steps with the same name would be one node of the graph, and its cycles would not be those of the document.
  const unique = byName.size === all.filter((step) => step.name !== undefined).length;
  if (unique) checkStepOrder(lists, edges, { components: { needs, deployedBy }, problems });
  return resolved(lists, { inputs, secretInputs, types, byName, edges, deployedBy, problems });
}

function listsOf(part: DocumentPart, { types, offline = false }: WorkflowCheckContext): StepLists {
  const { problems } = part;
  const [steps, last] = [field(part, "steps"), field(part, "finally")];
  const pointer = fieldPointer(part, "steps");
  if (steps === undefined) problems.push(problem("Required", pointer, { field: "steps" }));
  const list = { types, offline, problems, parent: null };
  return {
    mode: modeOf(part, "StepByStep"),
    steps: steps === undefined ? [] : checkSteps(steps, pointer, { ...list, final: false }),
    finally: last === undefined ? [] : checkSteps(last, fieldPointer(part, "finally"), { ...list, final: true }),
  };
}

/** Of steps with the same name, the first. */
function uniqueNames(all: readonly StepDraft[], around: WorkflowCheckContext): ReadonlyMap<string, StepDraft> {
  const byName = new Map<string, StepDraft>();
  for (const step of all) {
    if (step.name === undefined) continue;
    const [name, pointer] = [clip(step.name), `${step.pointer}/name`];
    const first = byName.get(step.name);
    if (first === undefined) byName.set(step.name, step);
    else around.problems.push(problem("DuplicateStep", pointer, { name, first: `${first.pointer}/name` }));
  }
  return byName;
}

/**
 * A step may have the name of the component that it deploys. Any other step with a component's name would be mistaken
 * for it.
 */
function namedLikeComponent(
  { name = "", pointer, ...step }: StepDraft,
  components: ReadonlyMap<string, ComponentFacts>,
  deployedBy: ReadonlyMap<string, StepDraft>,
): readonly Problem[] {
  if (!components.has(name) || deployedBy.get(name)?.raw === step.raw) return [];
  return [problem("StepIsComponent", `${pointer}/name`, { name: clip(name) })];
}

/** Final steps come after all others, so no other step can wait for them. */
function finalBeforeOthers(
  step: StepDraft,
  target: StepDraft | undefined,
  edge: { readonly kind: string; readonly pointer: string },
): readonly Problem[] {
  if (edge.kind !== "step" || step.final || target?.final !== true) return [];
  return [problem("StepLater", edge.pointer, { name: clip(target.name ?? ""), step: clip(step.name ?? "") })];
}

interface Checked {
  readonly inputs: Readonly<Record<string, WorkflowInput>>;
  readonly secretInputs: readonly Path[];
  readonly types: StepTypes;
  readonly byName: ReadonlyMap<string, StepDraft>;
  readonly edges: ReadonlyMap<StepDraft, ReturnType<typeof edgesOf>>;
  readonly deployedBy: ReadonlyMap<string, StepDraft>;
  readonly problems: Problem[];
}

function resolved(lists: StepLists, checked: Checked): ResolvedWorkflow {
  const { inputs, secretInputs, types, deployedBy, problems } = checked;
  const needs = new Map([
    ...needsOfSteps(lists.steps, lists.mode, checked),
    ...needsOfSteps(lists.finally, lists.mode, checked),
  ]);
  const all = [...allSteps(lists.steps), ...allSteps(lists.finally)];
  if (!hasErrors(problems)) problems.push(...checkReach(all, needs, checked.byName));
  const resolving = { needs, deployedBy, problems };
  return {
    inputs,
    secretInputs,
    steps: resolveSteps(lists.steps, resolving),
    finally: resolveSteps(lists.finally, resolving),
    types,
  };
}

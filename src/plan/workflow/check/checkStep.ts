// Checks one step by itself: its own fields. What it names is checked once all steps are known: checkReferences.ts,
// stepOrder.ts.

import type { Json } from "../../../model/data/json.ts";
import type { Condition } from "../../../model/document/condition.ts";
import { LIMITS, WORKFLOW_MODES } from "../../../model/document/document.ts";
import { COMPONENT_NAME_MAX, nearest } from "../../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import {
  checkKnown,
  checkName,
  checkObject,
  type DocumentPart,
  field,
  fieldPointer,
  textField,
  wrongType,
} from "../../fields/checkFields.ts";
import { clip, listNames, showValue } from "../../fields/valueWords.ts";
import { parseCondition } from "../conditions/parseCondition.ts";
import { kindOf, STEP_FIELDS, type StepKind, type StepTypes, stepTypeNames } from "../steps/stepKinds.ts";
import { checkLocks } from "./checkLocks.ts";
import { checkStepTimes } from "./checkStepTimes.ts";
import type { StepDraft, WorkflowMode } from "./stepDraft.ts";

const ALL_FIELDS = [...new Set(Object.values(STEP_FIELDS).flat())];
/** Names of jobs that plans contain themselves. */
const RESERVED: ReadonlySet<string> = new Set(["prune"]);

interface StepList {
  readonly types: StepTypes;
  /** True when types that are not in `types` may be registered at the server. */
  readonly offline: boolean;
  readonly problems: Problem[];
  readonly parent: StepDraft | null;
  readonly final: boolean;
}

/** `value` is the list of steps as the user wrote it. */
export function checkSteps(value: Json | undefined, pointer: string, list: StepList): StepDraft[] {
  const { problems } = list;
  if (!Array.isArray(value)) problems.push(wrongType(pointer, "array", value));
  else if (value.length === 0)
    problems.push(problem("Empty", pointer, { field: pointer.slice(pointer.lastIndexOf("/") + 1) }));
  else if (value.length > LIMITS.steps)
    problems.push(problem("TooMany", pointer, { count: value.length, what: "steps", limit: LIMITS.steps }));
  else return value.flatMap((one: Json, index) => checkStep(one, `${pointer}/${index}`, list) ?? []);
  return [];
}

function checkStep(value: Json, pointer: string, list: StepList): StepDraft | undefined {
  if (!checkObject(value, pointer, list.problems)) return undefined;
  const part: DocumentPart = { value, pointer, problems: list.problems };
  const type = textField(part, "type", "required");
  const kind = type === undefined ? undefined : findKind(part, type, list);
  checkFields(part, type, kind);
  const draft: StepDraft = {
    pointer,
    raw: value,
    name: checkStepName(part),
    kind,
    definition: kind === "job" ? list.types.get(type ?? "") : undefined,
    parent: list.parent,
    final: list.final,
    mode: modeOf(part, kind === "group" ? "DAG" : "StepByStep"),
    subSteps: [],
    dependsOn: dependsOnOf(part),
    condition: conditionOf(part),
    forEach: kind === "deploy" ? undefined : forEachOf(part),
    times: checkStepTimes(part),
    locks: checkLocks(part),
  };
  if (kind !== "group") return draft;
  const subSteps = fieldPointer(part, "subSteps");
  const sub = field(part, "subSteps");
  if (sub === undefined) list.problems.push(problem("Required", subSteps, { field: "subSteps" }));
  else draft.subSteps.push(...checkSteps(sub, subSteps, { ...list, parent: draft }));
  return draft;
}

function findKind(part: DocumentPart, type: string, { types, offline }: StepList): StepKind | undefined {
  const kind = kindOf(type);
  if (kind !== "job" || types.get(type)?.step !== undefined) return kind;
  const known = stepTypeNames(types);
  const params = { value: clip(type), known: listNames(known) };
  const found = problem("UnknownStepType", fieldPointer(part, "type"), params, nearest(clip(type), known));
  part.problems.push(offline ? { ...found, code: "UncheckedStepType", severity: "warning" } : found);
  return undefined;
}

function checkFields(part: DocumentPart, type: string | undefined, kind: StepKind | undefined): void {
  checkKnown(part, ALL_FIELDS);
  if (kind === undefined || type === undefined) return;
  const fitting = STEP_FIELDS[kind];
  for (const name of ALL_FIELDS) {
    if (fitting.includes(name) || field(part, name) === undefined) continue;
    const params = { field: name, type: clip(type), known: listNames(fitting) };
    part.problems.push(problem("StepField", fieldPointer(part, name), params));
  }
}

function checkStepName(part: DocumentPart): string | undefined {
  const name = textField(part, "name", "required");
  if (name === undefined) return undefined;
  const pointer = fieldPointer(part, "name");
  const wrong = checkName(name, pointer, COMPONENT_NAME_MAX);
  if (wrong) part.problems.push(wrong);
  else if (RESERVED.has(name)) part.problems.push(problem("ReservedStep", pointer, { name }));
  return name;
}

export function modeOf(part: DocumentPart, otherwise: WorkflowMode): WorkflowMode {
  const text = textField(part, "mode", "optional");
  if (text === undefined) return otherwise;
  const mode = WORKFLOW_MODES.find((one) => one === text);
  if (mode !== undefined) return mode;
  const params = { value: showValue(text), known: WORKFLOW_MODES.join(", ") };
  part.problems.push(problem("NotOneOf", fieldPointer(part, "mode"), params, nearest(clip(text), WORKFLOW_MODES)));
  return otherwise;
}

function dependsOnOf(part: DocumentPart): readonly { readonly name: string; readonly pointer: string }[] {
  const value = field(part, "dependsOn");
  if (value === undefined) return [];
  const pointer = fieldPointer(part, "dependsOn");
  if (!Array.isArray(value)) {
    part.problems.push(wrongType(pointer, "array", value));
    return [];
  }
  return value.flatMap((name: Json, index) => {
    if (typeof name === "string") return [{ name, pointer: `${pointer}/${index}` }];
    part.problems.push(wrongType(`${pointer}/${index}`, "string", name));
    return [];
  });
}

function conditionOf(part: DocumentPart): Condition | null {
  const text = textField(part, "if", "optional");
  if (text === undefined) return null;
  const parsed = parseCondition(text);
  if (parsed.ok) return parsed.condition;
  const { at, expected, found } = parsed;
  part.problems.push(problem("Condition", fieldPointer(part, "if"), { position: at + 1, expected, found }));
  return null;
}

/** A list, or one reference. */
function forEachOf(part: DocumentPart): Json | undefined {
  const value = field(part, "forEach");
  if (value === undefined || Array.isArray(value)) return value;
  const pointer = fieldPointer(part, "forEach");
  if (typeof value === "object" && value !== null && Object.hasOwn(value, "$from")) return value;
  part.problems.push(wrongType(pointer, 'array | { "$from": … }', value));
  return undefined;
}

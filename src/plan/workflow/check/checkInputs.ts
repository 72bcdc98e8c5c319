// The inputs of a workflow: how the document declares them, and the values that are given at the start.

import type { Json, JsonObject } from "../../../model/data/json.ts";
import { toPointer } from "../../../model/data/pointer.ts";
import { LIMITS, type WorkflowInput } from "../../../model/document/document.ts";
import { nearest } from "../../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import {
  checkKnown,
  checkObject,
  type DocumentPart,
  field,
  fieldPointer,
  textField,
  wrongType,
} from "../../fields/checkFields.ts";
import { clip, listNames, showValue, typeWord } from "../../fields/valueWords.ts";
import { holesIn, isReference } from "../steps/holes.ts";

export const INPUT_TYPES = ["string", "number", "integer", "boolean", "array", "object"] as const;
const INPUT_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/;

const INPUTS_LIMIT = 200;

type Inputs = Readonly<Record<string, WorkflowInput>>;

export function checkInputs(workflow: DocumentPart): Inputs {
  const value = field(workflow, "inputs");
  if (value === undefined) return {};
  const pointer = fieldPointer(workflow, "inputs");
  if (!checkObject(value, pointer, workflow.problems)) return {};
  const entries = Object.entries(value);
  const count = entries.length;
  if (count > INPUTS_LIMIT) {
    workflow.problems.push(problem("TooMany", pointer, { count, what: "inputs", limit: INPUTS_LIMIT }));
    return {};
  }
  const inputs = entries.flatMap(([name, declared]) => {
    const input = checkInput(name, declared, { pointer: pointer + toPointer([name]), problems: workflow.problems });
    return input === undefined ? [] : [[name, input] as const];
  });
  return Object.fromEntries(inputs);
}

type InputSite = Pick<DocumentPart, "pointer" | "problems">;

function checkInput(
  name: string,
  value: Json | undefined,
  { pointer, problems }: InputSite,
): WorkflowInput | undefined {
  if (!INPUT_NAME.test(name))
    problems.push(problem("Pattern", pointer, { value: showValue(name), pattern: INPUT_NAME.source }));
  if (!checkObject(value, pointer, problems)) return undefined;
  const part: DocumentPart = { value, pointer, problems };
  checkKnown(part, ["type", "description", "secret", "default"]);
  textField(part, "description", "optional");
  const text = textField(part, "type", "required");
  if (text === undefined) return undefined;
  const type = INPUT_TYPES.find((one) => one === text);
  if (type === undefined) {
    const params = { value: showValue(text), known: INPUT_TYPES.join(", ") };
    problems.push(problem("NotOneOf", fieldPointer(part, "type"), params, nearest(clip(text), INPUT_TYPES)));
    return undefined;
  }
  const secret = secretOf(part, type);
  const otherwise = field(part, "default");
  if (otherwise === undefined) return { type, ...secret };
  problems.push(...valueProblems(name, otherwise, { type, pointer: fieldPointer(part, "default") }));
  return { type, ...secret, default: otherwise };
}

function secretOf(part: DocumentPart, type: WorkflowInput["type"]): Pick<WorkflowInput, "secret"> {
  const secret = field(part, "secret");
  if (secret === undefined) return {};
  const pointer = fieldPointer(part, "secret");
  if (typeof secret !== "boolean") part.problems.push(wrongType(pointer, "boolean", secret));
  else if (secret && type !== "string") part.problems.push(problem("SecretInput", pointer));
  return { secret: secret === true };
}

function valueProblems(
  name: string,
  value: Json,
  { type, pointer }: { readonly type: WorkflowInput["type"]; readonly pointer: string },
): readonly Problem[] {
  if (holesIn(value).length > 0) return [problem("ReferenceInInput", pointer, { name })];
  return hasType(value, type) ? [] : [wrongType(pointer, type, value)];
}

function hasType(value: Json, type: WorkflowInput["type"]): boolean {
  return type === "integer" ? Number.isInteger(value) : typeWord(value) === type;
}

interface InputValues {
  readonly values: JsonObject;
  readonly problems: readonly Problem[];
}

/**
 * Combines given values and defaults. `references`: the values come from a step that calls, so each may be a reference.
 * `open`: an input without a value is not known yet, which is no problem.
 */
export function inputValues(
  declared: Inputs,
  given: JsonObject,
  at: { readonly pointer: string; readonly references: boolean; readonly open?: boolean },
): InputValues {
  const known = Object.keys(declared);
  const place = (name: string): string => at.pointer + toPointer([name]);
  const unknown = Object.keys(given)
    .filter((name) => !Object.hasOwn(declared, name))
    .slice(0, LIMITS.problems + 1)
    .map((name) =>
      problem("UnknownInput", place(name), { name: clip(name), known: listNames(known) }, nearest(clip(name), known)),
    );
  const problems: Problem[] = [];
  const values = Object.entries(declared).flatMap(([name, input]) => {
    const value = (Object.hasOwn(given, name) ? given[name] : undefined) ?? input.default;
    if (value === undefined && at.open === true) return [[name, { $from: `/inputs/${name}` }] as const];
    if (value === undefined) problems.push(problem("MissingInput", place(name), { name }));
    else if (!(at.references && (isReference(value) || holesIn(value).length > 0)))
      problems.push(...valueProblems(name, value, { type: input.type, pointer: place(name) }));
    return value === undefined ? [] : [[name, value] as const];
  });
  return { values: Object.fromEntries(values), problems: [...unknown, ...problems] };
}

// Checks the document's own fields, outside the components.

import { isObject, type Json } from "../../model/data/json.ts";
import { API_VERSION, LIMITS, ON_DRIFT, ON_FAILURE } from "../../model/document/document.ts";
import { COMPONENT_NAME_MAX, nearest } from "../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import {
  checkKnown,
  checkName,
  type DocumentPart,
  field,
  fieldPointer,
  textField,
  wrongType,
} from "../fields/checkFields.ts";
import { showValue } from "../fields/valueWords.ts";

/** `$schema` is only for editors: it names the published schema. */
const ENVELOPE_FIELDS = [
  "apiVersion",
  "name",
  "description",
  "namespace",
  "components",
  "workflow",
  "onFailure",
  "drift",
  "$schema",
];
export const DEFAULT_NAMESPACE = "default";

interface Envelope {
  readonly namespace: string;
  readonly components: readonly Json[];
}

export function checkEnvelope(value: Json, problems: Problem[]): Envelope {
  if (!isObject(value)) {
    problems.push(wrongType("", "object", value));
    return { namespace: DEFAULT_NAMESPACE, components: [] };
  }
  const part: DocumentPart = { value, pointer: "", problems };
  checkKnown(part, ENVELOPE_FIELDS);
  textField(part, "$schema", "optional");
  checkVersion(part);
  checkText(part, "name", "required");
  textField(part, "description", "optional");
  checkChoice(part, "onFailure", ON_FAILURE);
  checkChoice(part, "drift", ON_DRIFT);
  return { namespace: namespaceOf(part), components: componentsOf(part) };
}

function checkVersion(part: DocumentPart): void {
  const version = textField(part, "apiVersion", "optional");
  if (version === undefined || version === API_VERSION) return;
  const params = { value: showValue(version), known: API_VERSION };
  part.problems.push(problem("NotOneOf", fieldPointer(part, "apiVersion"), params, API_VERSION));
}

function checkChoice(part: DocumentPart, name: string, choices: readonly string[]): void {
  const text = textField(part, name, "optional");
  if (text === undefined || choices.includes(text)) return;
  const params = { value: showValue(text), known: choices.join(", ") };
  part.problems.push(problem("NotOneOf", fieldPointer(part, name), params, nearest(text.slice(0, 80), choices)));
}

function checkText(
  part: DocumentPart,
  name: string,
  need: "required" | "optional",
  limit: number = COMPONENT_NAME_MAX,
): string | undefined {
  const text = textField(part, name, need);
  const wrong = text === undefined ? undefined : checkName(text, fieldPointer(part, name), limit);
  if (wrong) part.problems.push(wrong);
  return wrong ? undefined : text;
}

function namespaceOf(part: DocumentPart): string {
  if (field(part, "namespace") === null) return DEFAULT_NAMESPACE;
  return checkText(part, "namespace", "optional", 63) ?? DEFAULT_NAMESPACE;
}

function componentsOf(part: DocumentPart): readonly Json[] {
  const pointer = fieldPointer(part, "components");
  const components = field(part, "components");
  // A workflow without components is allowed: its steps use job types only.
  const optional = field(part, "workflow") !== undefined;
  if (components === undefined && optional) return [];
  if (components === undefined) part.problems.push(problem("Required", pointer, { field: "components" }));
  else if (!Array.isArray(components)) part.problems.push(wrongType(pointer, "array", components));
  else if (components.length === 0 && !optional) part.problems.push(problem("Empty", pointer, { field: "components" }));
  else return withinLimit(components, pointer, part.problems);
  return [];
}

function withinLimit(components: readonly Json[], pointer: string, problems: Problem[]): readonly Json[] {
  const [count, limit] = [components.length, LIMITS.components];
  if (count > limit) problems.push(problem("TooManyComponents", pointer, { count, limit }));
  return components.slice(0, limit);
}

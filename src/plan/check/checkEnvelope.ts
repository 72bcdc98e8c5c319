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
  const spot: DocumentPart = { value, pointer: "", problems };
  checkKnown(spot, ENVELOPE_FIELDS);
  textField(spot, "$schema", "optional");
  checkVersion(spot);
  checkText(spot, "name", "required");
  textField(spot, "description", "optional");
  checkChoice(spot, "onFailure", ON_FAILURE);
  checkChoice(spot, "drift", ON_DRIFT);
  return { namespace: namespaceOf(spot), components: componentsOf(spot) };
}

function checkVersion(spot: DocumentPart): void {
  const version = textField(spot, "apiVersion", "optional");
  if (version === undefined || version === API_VERSION) return;
  const params = { value: showValue(version), known: API_VERSION };
  spot.problems.push(problem("NotOneOf", fieldPointer(spot, "apiVersion"), params, API_VERSION));
}

function checkChoice(spot: DocumentPart, name: string, choices: readonly string[]): void {
  const text = textField(spot, name, "optional");
  if (text === undefined || choices.includes(text)) return;
  const params = { value: showValue(text), known: choices.join(", ") };
  spot.problems.push(problem("NotOneOf", fieldPointer(spot, name), params, nearest(text.slice(0, 80), choices)));
}

function checkText(
  spot: DocumentPart,
  name: string,
  need: "required" | "optional",
  limit: number = COMPONENT_NAME_MAX,
): string | undefined {
  const text = textField(spot, name, need);
  const wrong = text === undefined ? undefined : checkName(text, fieldPointer(spot, name), limit);
  if (wrong) spot.problems.push(wrong);
  return wrong ? undefined : text;
}

function namespaceOf(spot: DocumentPart): string {
  if (field(spot, "namespace") === null) return DEFAULT_NAMESPACE;
  return checkText(spot, "namespace", "optional", 63) ?? DEFAULT_NAMESPACE;
}

function componentsOf(spot: DocumentPart): readonly Json[] {
  const pointer = fieldPointer(spot, "components");
  const components = field(spot, "components");
  // A workflow without components is allowed: its steps use job types only.
  const optional = field(spot, "workflow") !== undefined;
  if (components === undefined && optional) return [];
  if (components === undefined) spot.problems.push(problem("Required", pointer, { field: "components" }));
  else if (!Array.isArray(components)) spot.problems.push(wrongType(pointer, "array", components));
  else if (components.length === 0 && !optional) spot.problems.push(problem("Empty", pointer, { field: "components" }));
  else return withinLimit(components, pointer, spot.problems);
  return [];
}

function withinLimit(components: readonly Json[], pointer: string, problems: Problem[]): readonly Json[] {
  const [count, limit] = [components.length, LIMITS.components];
  if (count > limit) problems.push(problem("TooManyComponents", pointer, { count, limit }));
  return components.slice(0, limit);
}

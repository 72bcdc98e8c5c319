// Checks one component by itself: its own fields, its properties, its traits. Names of other components are checked in
// plan/components/references.ts, once all components are known.

import type { Catalog } from "../../catalog/catalog.ts";
import type { ComponentDefinition } from "../../catalog/define.ts";
import { runsOnce } from "../../catalog/runsOnce.ts";
import { isObject, type Json } from "../../model/data/json.ts";
import { COMPONENT_NAME_MAX, nearest } from "../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import type { ComponentDraft } from "../components/componentDraft.ts";
import { attempt, type Box, checkPiece, type Piece } from "../fields/checkDefinition.ts";
import {
  checkKnown,
  checkName,
  type DocumentPart,
  field,
  fieldPointer,
  textField,
  wrongType,
} from "../fields/checkFields.ts";
import { checkClocks, checkOnShort, checkTimes } from "../fields/checkTimes.ts";
import { clip, listNames } from "../fields/valueWords.ts";
import { checkTraits } from "./checkTraits.ts";

const COMPONENT_FIELDS = ["name", "type", "properties", "traits", "dependsOn", "timeout", "retry", "clocks", "onShort"];

interface ComponentCheckContext {
  readonly catalog: Catalog;
  readonly namespace: string;
  readonly problems: Problem[];
}

export function checkComponent(
  value: Json,
  pointer: string,
  around: ComponentCheckContext,
): ComponentDraft | undefined {
  const { catalog, namespace, problems } = around;
  if (!isObject(value)) {
    problems.push(wrongType(pointer, "object", value));
    return undefined;
  }
  const part: DocumentPart = { value, pointer, problems };
  checkKnown(part, COMPONENT_FIELDS);
  const name = checkComponentName(part);
  const type = textField(part, "type", "required");
  const definition = type === undefined ? undefined : findType(part, type, catalog);
  const piece = definition && propertiesPiece(part, definition);
  const parsed = piece && checkPiece(piece, (data) => definition?.check?.(data) ?? []);
  const outputs = piece && parsed && outputsOf(piece, name ?? "", parsed, namespace);
  const traits = checkTraits(part, { type, definition, parsed, outputs }, catalog);
  const times = { ...checkTimes(part), clocks: checkClocks(part), onShort: checkOnShort(part) };
  checkRunsOnce(part, definition);
  return { pointer, raw: value, name, type, definition, parsed, outputs, traits, ...times };
}

/**
 * `clocks` and `onShort` are only for components that run to an end: the others are created at once, and their pods
 * wait on the cluster.
 */
function checkRunsOnce(part: DocumentPart, definition: ComponentDefinition | undefined): void {
  if (definition === undefined || runsOnce(definition)) return;
  for (const name of ["onShort", "clocks"].filter((one) => field(part, one) !== undefined))
    part.problems.push(
      problem("OnShortNotApplicable", fieldPointer(part, name), { field: name, type: definition.name }),
    );
}

function checkComponentName(part: DocumentPart): string | undefined {
  const name = textField(part, "name", "required");
  const wrong = name === undefined ? undefined : checkName(name, fieldPointer(part, "name"), COMPONENT_NAME_MAX);
  if (wrong) part.problems.push(wrong);
  return name;
}

function findType(part: DocumentPart, type: string, catalog: Catalog): ComponentDefinition | undefined {
  const definition = catalog.components.get(type);
  if (definition) return definition;
  const known = [...catalog.components.keys()];
  const params = { value: clip(type), known: listNames(known) };
  part.problems.push(problem("UnknownComponentType", fieldPointer(part, "type"), params, nearest(clip(type), known)));
  return undefined;
}

type PropertiesPiece = Piece & { readonly definition: ComponentDefinition };

/** Absent properties are checked as an empty object, so that the schema reports which fields are required. */
function propertiesPiece(part: DocumentPart, definition: ComponentDefinition): PropertiesPiece {
  const data = field(part, "properties");
  const pointer = fieldPointer(part, "properties");
  return {
    definition,
    data: data ?? (data === null ? null : {}),
    absent: data === undefined,
    pointer,
    problems: part.problems,
  };
}

function outputsOf(
  piece: PropertiesPiece,
  name: string,
  parsed: Box,
  namespace: string,
): Readonly<Record<string, string>> | undefined {
  return attempt(piece, () => piece.definition.outputs?.(name, parsed.data, { namespace }) ?? {});
}

// Which component needs which: `dependsOn`, and the references that definitions find in properties and traits. Both
// order the jobs. Whether a ConfigMap or Secret that no component creates exists is checked against the cluster
// (planOutside.ts).
import type { Reference } from "../../catalog/define.ts";
import type { Json } from "../../model/data/json.ts";
import { toPointer } from "../../model/data/pointer.ts";
import { nearest } from "../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import type { Need } from "../../model/run/plan.ts";
import { attempt, type Box } from "../fields/checkDefinition.ts";
import { type DocumentPart, wrongType } from "../fields/checkFields.ts";
import { clip, listNames } from "../fields/valueWords.ts";
import type { ComponentDraft } from "./componentDraft.ts";
import type { KeyReference, OutsideReference } from "./resolvedApplication.ts";

export interface Links {
  readonly needs: readonly Need[];
  readonly wishes: readonly Need[];
  readonly outside: readonly OutsideReference[];
  readonly keys: readonly KeyReference[];
}

/** The component type that creates an object of each kind under the component's own name. */
const MAKERS = { ConfigMap: "config", Secret: "secret", ServiceAccount: undefined } as const;

interface Linking {
  readonly draft: ComponentDraft;
  readonly byName: ReadonlyMap<string, ComponentDraft>;
  readonly problems: Problem[];
  readonly needs: Map<string, Need>;
  readonly wishes: Map<string, Need>;
  readonly outside: OutsideReference[];
  readonly keys: KeyReference[];
}

/** `byName` contains all components of the document, and of components with the same name the first. */
export function linkComponent(
  draft: ComponentDraft,
  byName: ReadonlyMap<string, ComponentDraft>,
  problems: Problem[],
): Links {
  const linking: Linking = { draft, byName, problems, needs: new Map(), wishes: new Map(), outside: [], keys: [] };
  linkDependsOn(linking);
  linkPiece(linking, draft.definition, draft.parsed, `${draft.pointer}/properties`);
  for (const trait of draft.traits) linkPiece(linking, trait.definition, trait.parsed, trait.pointer);
  const { needs, wishes, outside, keys } = linking;
  return { needs: [...needs.values()], wishes: [...wishes.values()], outside, keys };
}

function linkDependsOn(linking: Linking): void {
  const { raw, pointer } = linking.draft;
  const list = Object.hasOwn(raw, "dependsOn") ? raw["dependsOn"] : undefined;
  if (list === undefined) return;
  const part: DocumentPart = { value: raw, pointer: `${pointer}/dependsOn`, problems: linking.problems };
  if (!Array.isArray(list)) {
    part.problems.push(wrongType(part.pointer, "array", list));
    return;
  }
  for (const [index, name] of list.entries()) linkName(linking, name, `${part.pointer}/${index}`);
}

function linkName(linking: Linking, name: Json, pointer: string): void {
  if (typeof name !== "string") linking.problems.push(wrongType(pointer, "string", name));
  else if (findComponent(linking, name, pointer)) need(linking, name, "dependsOn", pointer);
}

interface Refers {
  readonly name: string;
  readonly references?: (data: unknown) => readonly Reference[];
}

function linkPiece(linking: Linking, definition: Refers | undefined, parsed: Box | undefined, base: string): void {
  if (!definition || !parsed) return;
  const owner = { definition, pointer: base, problems: linking.problems };
  const references = attempt(owner, () => definition.references?.(parsed.data));
  for (const reference of references ?? []) {
    const pointer = base + toPointer(reference.path);
    if (reference.kind === "component") linkComponentReference(linking, reference, pointer);
    else linkObject(linking, { ...reference, kind: reference.kind }, pointer);
    linking.keys.push(...keysOf(reference, base));
  }
}

function keysOf({ kind, name, external, keys, asVariables, path }: Reference, base: string): readonly KeyReference[] {
  if ((kind !== "ConfigMap" && kind !== "Secret") || external === true) return [];
  const single = (keys ?? []).map((one) => ({ kind, name, key: one.key, pointer: base + toPointer(one.path) }));
  return asVariables === true ? [...single, { kind, name, key: undefined, pointer: base + toPointer(path) }] : single;
}

function linkComponentReference(linking: Linking, reference: Reference, pointer: string): void {
  const target = findComponent(linking, reference.name, pointer);
  if (!target) return;
  const { output, order } = reference;
  if (order === undefined) need(linking, reference.name, "reference", pointer);
  if (order === "wish") linking.wishes.set(reference.name, { job: reference.name, because: "reference", pointer });
  if (output === undefined || target.outputs === undefined || Object.hasOwn(target.outputs, output)) return;
  const known = Object.keys(target.outputs);
  const params = { name: reference.name, output: clip(output), known: listNames(known) };
  linking.problems.push(problem("UnknownOutput", pointer, params, nearest(clip(output), known)));
}

type ObjectReference = Reference & { readonly kind: keyof typeof MAKERS };

function linkObject(linking: Linking, reference: ObjectReference, pointer: string): void {
  const { kind, name, external = false } = reference;
  const target = linking.byName.get(name);
  const expected = MAKERS[kind];
  if (expected === undefined) {
    linking.outside.push({ kind, name, pointer, external });
  } else if (target?.type === expected) {
    if (findComponent(linking, name, pointer)) need(linking, name, "reference", pointer);
  } else if (target?.definition && !external) {
    linking.problems.push(problem("WrongKind", pointer, { name, actual: target.definition.name, expected }));
  } else if (!target || external) {
    linking.outside.push({ kind, name, pointer, external });
  }
}

function findComponent(linking: Linking, name: string, pointer: string): ComponentDraft | undefined {
  const { draft, byName, problems } = linking;
  if (name === draft.name) {
    problems.push(problem("SelfReference", pointer, { name }));
    return undefined;
  }
  const target = byName.get(name);
  if (target) return target;
  const known = [...byName.keys()].filter((other) => other !== draft.name);
  const params = { name: clip(name), known: listNames(known) };
  problems.push(problem("UnknownReference", pointer, params, nearest(clip(name), known)));
  return undefined;
}

/** Adds one need per component. An entry in `dependsOn` comes first and is kept. */
function need(linking: Linking, job: string, because: Need["because"], pointer: string): void {
  if (!linking.needs.has(job)) linking.needs.set(job, { job, because, pointer });
}

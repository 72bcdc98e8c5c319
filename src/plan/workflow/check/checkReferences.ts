// Checks everything that a step names: dependsOn, references in its properties and its forEach, and the pointers of its
// condition. Each is looked up, and its type is compared with the place at which it is written. The result is edges:
// what the step has to wait for.
import type { Secrecy } from "../../../catalog/define.ts";
import { isObject } from "../../../model/data/json.ts";
import { toPointer } from "../../../model/data/pointer.ts";
import { nearest } from "../../../model/kubernetes/name.ts";
import { problem } from "../../../model/problems/problem.ts";
import type { Need } from "../../../model/run/plan.ts";
import { wrongType } from "../../fields/checkFields.ts";
import { clip, listNames } from "../../fields/valueWords.ts";
import { pointersIn } from "../conditions/mapCondition.ts";
import { type Hole, holesIn } from "../steps/holes.ts";
import { inputSchema } from "../steps/jobSchemas.ts";
import { mayFit, type SchemaLookup, schemaAt, typesAt } from "../steps/schemaTypes.ts";
import { checkComparisons } from "./checkConditions.ts";
import { findStep, type Known, type Referred, referTo } from "./referTo.ts";
import type { StepDraft } from "./stepDraft.ts";

/** One step waits for another step, or for a component. */
export interface StepEdge {
  readonly kind: "step" | "component";
  readonly name: string;
  readonly because: Need["because"];
  /** True when the step looks at the phase of the other one, so that it waits only for its end. */
  readonly phase: boolean;
  readonly pointer: string;
}

export function edgesOf(known: Known, step: StepDraft): readonly StepEdge[] {
  return [
    ...step.dependsOn.flatMap((one) => dependency(known, step, one)),
    ...conditionEdges(known, step),
    ...loopEdges(known, step),
    ...propertyEdges(known, step),
    ...lockEdges(known, step),
  ];
}

function dependency(
  known: Known,
  step: StepDraft,
  { name, pointer }: { readonly name: string; readonly pointer: string },
): readonly StepEdge[] {
  const found = findStep(known, { step, pointer }, name);
  return found === null ? [] : [{ kind: "step", name, because: "dependsOn", phase: false, pointer }];
}

function conditionEdges(known: Known, step: StepDraft): readonly StepEdge[] {
  if (step.condition === null) return [];
  const pointer = `${step.pointer}/if`;
  const places = new Map<string, SchemaLookup>();
  const edges = pointersIn(step.condition).flatMap((from) => {
    const referred = referTo(known, { step, from, pointer });
    checkSecrecy(known, { from, at: pointer, place: "if", referred }, "clear");
    if (referred !== null) places.set(from, referred.place);
    return edgeTo(referred, pointer);
  });
  known.problems.push(...checkComparisons(step.condition, { places, pointer }));
  return edges;
}

function edgeTo(referred: Referred | null, pointer: string): readonly StepEdge[] {
  if (referred?.component !== undefined)
    return [{ kind: "component", name: referred.component, because: "reference", phase: false, pointer }];
  const name = referred?.step?.draft.name;
  if (name === undefined) return [];
  return [{ kind: "step", name, because: "reference", phase: referred?.step?.phase === true, pointer }];
}

/** The values of a loop must be known before anything runs; values inside them may be known later. */
function loopEdges(known: Known, step: StepDraft): readonly StepEdge[] {
  const { forEach } = step;
  if (forEach === undefined) return [];
  const base = `${step.pointer}/forEach`;
  return holesIn(forEach).flatMap((hole) => {
    const pointer = base + toPointer(hole.path);
    if (hole.path.length === 0 && /^\/(steps|run|components)(\/|$)/.test(hole.from)) {
      known.problems.push(problem("LoopOverOutput", pointer, { pointer: clip(hole.from) }));
      return [];
    }
    const referred = lookUpHole(known, { step, hole, pointer, outer: true });
    checkSecrecy(known, { from: hole.from, at: `${pointer}/$from`, place: "forEach", referred }, "clear");
    if (hole.path.length === 0 && hole.default !== undefined && !Array.isArray(hole.default))
      known.problems.push(wrongType(`${pointer}/default`, "array", hole.default));
    if (hole.path.length === 0) checkFit(known, { hole, pointer, referred, to: schemaAt({ type: "array" }, []) });
    return edgeTo(referred, `${pointer}/$from`);
  });
}

function propertyEdges(known: Known, step: StepDraft): readonly StepEdge[] {
  const { definition, kind, raw } = step;
  if (kind === "group" || kind === "deploy") return [];
  const properties = Object.hasOwn(raw, "properties") ? raw["properties"] : undefined;
  if (!isObject(properties)) return [];
  return holesIn(properties).flatMap((hole) => {
    const pointer = `${step.pointer}/properties${toPointer(hole.path)}`;
    const referred = lookUpHole(known, { step, hole, pointer });
    if (definition !== undefined) {
      const to = schemaAt(inputSchema(definition), hole.path);
      const place = { from: hole.from, at: `${pointer}/$from`, place: lastKey(pointer), referred };
      checkSecrecy(known, place, definition.secrecy?.(hole.path) ?? "clear");
      checkFit(known, { hole, pointer, referred, to });
    }
    return edgeTo(referred, `${pointer}/$from`);
  });
}

/** Names of locks may be references. A component of the document that a lock names must exist. */
function lockEdges(known: Known, step: StepDraft): readonly StepEdge[] {
  return step.locks.flatMap(({ kind, name }, index) => {
    const pointer = `${step.pointer}/locks/${index}/${kind}`;
    if (kind === "component" && typeof name === "string" && !name.includes("/") && !known.components.has(name)) {
      const names = [...known.components.keys()];
      const params = { name: clip(name), known: listNames(names) };
      known.problems.push(problem("UnknownReference", pointer, params, nearest(clip(name), names)));
    }
    return holesIn(name).flatMap((hole) => {
      const referred = lookUpHole(known, { step, hole, pointer });
      checkSecrecy(known, { from: hole.from, at: `${pointer}/$from`, place: kind, referred }, "clear");
      checkFit(known, { hole, pointer, referred, to: schemaAt({ type: ["string", "number"] }, []) });
      return edgeTo(referred, `${pointer}/$from`);
    });
  });
}

interface Looking {
  readonly step: StepDraft;
  readonly hole: Hole;
  readonly pointer: string;
  readonly outer?: boolean;
}

function lookUpHole(known: Known, { step, hole, pointer, outer = false }: Looking): Referred | null {
  for (const name of hole.unknown) {
    const params = { field: clip(name), known: "$from, default" };
    known.problems.push(problem("UnknownField", pointer + toPointer([name]), params));
  }
  return referTo(known, { step, from: hole.from, pointer: `${pointer}/$from`, outer });
}

interface Fitting {
  readonly hole: Hole;
  readonly pointer: string;
  readonly referred: Referred | null;
  readonly to: SchemaLookup;
}

function checkFit(known: Known, { hole, pointer, referred, to }: Fitting): void {
  if (referred === null) return;
  const [from, accepted] = [typesAt(referred.place), typesAt(to)];
  const params = { place: lastKey(pointer), expected: words(accepted) };
  if (!mayFit(from, accepted))
    known.problems.push(
      problem("TypeMismatch", `${pointer}/$from`, { ...params, pointer: clip(hole.from), actual: words(from) }),
    );
}

interface Secret {
  readonly from: string;
  readonly at: string;
  /** The name of the place. */
  readonly place: string;
  readonly referred: Referred | null;
}

/**
 * A secret value must not be used where it would be shown, and a value that was stored in clear does not become secret
 * by being used as one.
 */
function checkSecrecy(known: Known, { from, at, place, referred }: Secret, taken: Secrecy): void {
  const given = referred?.secrecy;
  const params = { pointer: clip(from), place };
  if (given === "secret" && taken === "clear") known.problems.push(problem("SecretShown", at, params));
  if (given === "clear" && taken === "secret") known.problems.push(problem("SecretFromClear", at, params));
}

function words(types: ReadonlySet<string> | null): string {
  return types === null ? "any" : [...types].join(" | ");
}

function lastKey(pointer: string): string {
  return clip(pointer.slice(pointer.lastIndexOf("/") + 1));
}

// Judges conditions before anything runs: a comparison of two values that can never be equal or ordered, a value that a
// place never has, and a condition that cannot be true when it is evaluated. Each of these would be a step that never
// runs, or a gate that is always open.

import { canonicalJson, type Json } from "../../../model/data/json.ts";
import { fromPointer } from "../../../model/data/pointer.ts";
import type { Condition, Operand } from "../../../model/document/condition.ts";
import { nearest } from "../../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { isSettled, PHASE_NAMES, PHASES } from "../../../model/run/phase.ts";
import { clip, listNames, showValue } from "../../fields/valueWords.ts";
import { answer } from "../conditions/evaluate.ts";
import { mapCondition, pointersIn } from "../conditions/mapCondition.ts";
import type { StepNeed } from "../steps/resolvedWorkflow.ts";
import { mayFit, type SchemaLookup, schemaAt, typesAt, valuesAt } from "../steps/schemaTypes.ts";
import { allSteps, ancestry, isRelated, type StepDraft } from "./stepDraft.ts";

type Compare = Extract<Condition, { readonly compare: unknown }>;

/** `places` contains what is known about each pointer of the condition. A pointer that refers to nothing is absent. */
export function checkComparisons(
  condition: Condition,
  { places, pointer }: { readonly places: ReadonlyMap<string, SchemaLookup>; readonly pointer: string },
): readonly Problem[] {
  return comparisonsIn(condition).flatMap((one) => {
    const sides = [one.left, one.right].map((operand) => sideOf(operand, places));
    const [left, right] = sides;
    if (left === undefined || right === undefined) return [];
    if (!comparable(one.compare, left.types, right.types)) {
      const words = {
        left: left.text,
        leftType: wordsOf(left.types),
        right: right.text,
        rightType: wordsOf(right.types),
      };
      return [problem("CannotCompare", pointer, { ...words, operator: one.compare })];
    }
    return [...neverSo(left, right, pointer), ...neverSo(right, left, pointer)];
  });
}

function comparisonsIn(condition: Condition): readonly Compare[] {
  if ("all" in condition) return condition.all.flatMap(comparisonsIn);
  if ("any" in condition) return condition.any.flatMap(comparisonsIn);
  if ("not" in condition) return comparisonsIn(condition.not);
  return "compare" in condition ? [condition] : [];
}

interface Side {
  readonly text: string;
  readonly types: ReadonlySet<string> | null;
  /** All values that it can have; `null` when they are not known. */
  readonly values: readonly Json[] | null;
  readonly literal: boolean;
}

function sideOf(operand: Operand, places: ReadonlyMap<string, SchemaLookup>): Side {
  if ("pointer" in operand) {
    const place = places.get(operand.pointer) ?? { found: "unknown" };
    return { text: clip(operand.pointer), types: typesAt(place), values: valuesAt(place), literal: false };
  }
  const place = schemaAt({ const: operand.value }, []);
  return { text: clip(JSON.stringify(operand.value)), types: typesAt(place), values: [operand.value], literal: true };
}

const ORDERED = new Set(["number", "integer", "string"]);
const IS_NULL = "null";

/** Everything may be compared with null, and everything may be tested for existence. */
function comparable(operator: string, left: Side["types"], right: Side["types"]): boolean {
  if (operator === "==" || operator === "!=")
    return mayFit(left, right) || left?.has(IS_NULL) === true || right?.has(IS_NULL) === true;
  const ordered = (types: Side["types"]): Side["types"] =>
    types === null ? ORDERED : new Set([...types].filter((type) => ORDERED.has(type)));
  return mayFit(ordered(left), ordered(right));
}

function neverSo(place: Side, other: Side, pointer: string): readonly Problem[] {
  if (place.literal || place.values === null || !other.literal || other.values === null) return [];
  const [value = null] = other.values;
  if (value === null || place.values.some((one) => canonicalJson(one) === canonicalJson(value))) return [];
  const known = place.values.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  const params = { pointer: place.text, value: showValue(value), known: listNames(known) };
  return [problem("NeverSo", pointer, params, typeof value === "string" ? nearest(clip(value), known) : undefined)];
}

function wordsOf(types: ReadonlySet<string> | null): string {
  return types === null ? "any" : [...types].join(" | ");
}

/** Phases of a step that succeeded or was skipped by its own condition. How other steps ended is not known. */
const SATISFIED = PHASE_NAMES.filter((phase) => isSettled(phase) && PHASES[phase].verdict === null);
/** The largest number of phases of which all combinations are tried. */
const MOST_PHASES = 6;

export function checkReach(
  steps: readonly StepDraft[],
  needs: ReadonlyMap<StepDraft, readonly StepNeed[]>,
  byName: ReadonlyMap<string, StepDraft>,
): readonly Problem[] {
  const known = new Map<StepDraft, ReadonlySet<StepDraft>>();
  return steps.flatMap((step) => {
    const { condition } = step;
    if (condition === null) return [];
    const looked = pointersIn(condition).filter((pointer) => {
      const target = byName.get(phaseOf(pointer) ?? "");
      return target !== undefined && strictlyBefore(step, { needs, byName, known }).has(target);
    });
    const settled = looked.slice(0, MOST_PHASES);
    if (settled.length === 0 || combinations(settled).some((phases) => possible(condition, phases).yes)) return [];
    const names = listNames(settled.map((pointer) => phaseOf(pointer) ?? ""));
    return [problem("NeverHolds", `${step.pointer}/if`, { step: clip(step.name ?? ""), names })];
  });
}

function combinations(pointers: readonly string[]): readonly ReadonlyMap<string, string>[] {
  return pointers.reduce<readonly ReadonlyMap<string, string>[]>(
    (all, pointer) => all.flatMap((one) => SATISFIED.map((phase) => new Map([...one, [pointer, phase]]))),
    [new Map()],
  );
}

function phaseOf(pointer: string): string | undefined {
  const [root, name, what, ...rest] = fromPointer(pointer);
  return root === "steps" && what === "phase" && rest.length === 0 ? name : undefined;
}

interface Reaching {
  readonly needs: ReadonlyMap<StepDraft, readonly StepNeed[]>;
  readonly byName: ReadonlyMap<string, StepDraft>;
  readonly known: Map<StepDraft, ReadonlySet<StepDraft>>;
}

/** Steps that have succeeded, or were skipped by their own condition, whenever this step's condition is evaluated. */
function strictlyBefore(step: StepDraft, reaching: Reaching): ReadonlySet<StepDraft> {
  const found = reaching.known.get(step);
  if (found !== undefined) return found;
  const all = new Set<StepDraft>();
  reaching.known.set(step, all); // ends the recursion in a circle, which stepOrder.ts reports
  for (const target of strictTargets(step, reaching)) {
    for (const part of allSteps([target])) {
      all.add(part);
      // The steps inside a group need what the group needs, except for steps whose conditions look at it.
      if (part.subSteps.length > 0) continue;
      for (const earlier of strictlyBefore(part, reaching)) all.add(earlier);
    }
  }
  return all;
}

/**
 * Steps whose success this step or a step around it needs. A step at whose phase a condition looks is needed only to
 * end, also when inherited.
 */
function strictTargets(step: StepDraft, { needs, byName }: Reaching): readonly StepDraft[] {
  const watched: StepDraft[] = [];
  return ancestry(step).flatMap((one) => {
    if (one.condition !== null)
      watched.push(...pointersIn(one.condition).flatMap((pointer) => byName.get(phaseOf(pointer) ?? "") ?? []));
    const looked = [...watched];
    const strict = (needs.get(one) ?? []).filter(({ kind, on }) => kind === "step" && on !== "end");
    return strict
      .flatMap(({ name }) => byName.get(name) ?? [])
      .filter((target) => !looked.some((each) => isRelated(each, target)));
  });
}

interface Possible {
  readonly yes: boolean;
  readonly no: boolean;
}

/**
 * Which results the condition can have with these phases, whatever the other values are. A result that is possible is
 * never excluded.
 */
function possible(condition: Condition, phases: ReadonlyMap<string, string>): Possible {
  if ("all" in condition) {
    const parts = condition.all.map((one) => possible(one, phases));
    return { yes: parts.every((one) => one.yes), no: parts.some((one) => one.no) };
  }
  if ("any" in condition) {
    const parts = condition.any.map((one) => possible(one, phases));
    return { yes: parts.some((one) => one.yes), no: parts.every((one) => one.no) };
  }
  if ("not" in condition) {
    const { yes, no } = possible(condition.not, phases);
    return { yes: no, no: yes };
  }
  if (pointersIn(condition).some((pointer) => !phases.has(pointer))) return { yes: true, no: true };
  const asked = mapCondition(condition, (operand) => {
    const value = "pointer" in operand ? phases.get(operand.pointer) : undefined;
    return value === undefined ? operand : { value };
  });
  const found = answer(asked, {});
  return { yes: found === "yes", no: found === "no" };
}

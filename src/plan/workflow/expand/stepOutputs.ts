// Outputs of steps that are not jobs: a group and a called workflow have the outputs of their steps by name, a loop has
// a list of its rounds' outputs. The run only knows outputs of jobs, so the plan replaces such pointers by pointers to
// jobs, once the whole tree exists. Outputs of a call are known only now, so this file also checks whether they exist,
// have the right type and are not secret.
import type { JobDefinition, Secrecy } from "../../../catalog/define.ts";
import { isObject, type Json } from "../../../model/data/json.ts";
import { fromPointer, type Path, toPointer } from "../../../model/data/pointer.ts";
import type { Condition, Operand } from "../../../model/document/condition.ts";
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { clip, listNames } from "../../fields/valueWords.ts";
import { mapCondition } from "../conditions/mapCondition.ts";
import { isReference, pointerOf } from "../steps/holes.ts";
import { inputSchema, outputSchema } from "../steps/jobSchemas.ts";
import { mayFit, schemaAt, typesAt } from "../steps/schemaTypes.ts";
import { type Expansion, tell } from "./expansion.ts";
import type { JobDraft, Unit } from "./tree.ts";

export function fillOutputs(expansion: Expansion): void {
  const containers = containersOf(expansion.units);
  if (containers.size === 0) return;
  const told = new Set<string>();
  for (const unit of expansion.units) {
    const problems: Problem[] = [];
    for (const [index, job] of unit.jobs.entries()) unit.jobs[index] = filled(job, { unit, containers, problems });
    // Conditions of containers are checked at the containers themselves.
    const own = unit.conditions.slice(unit.container?.conditions.length ?? 0);
    for (const condition of own) inCondition(condition, { unit, containers, problems });
    // The rounds of a loop have the same problems.
    const fresh = problems.filter((one) => !told.has(JSON.stringify(one)));
    for (const one of fresh) told.add(JSON.stringify(one));
    tell(expansion, unit.frame, fresh);
  }
}

interface Filling {
  readonly unit: Unit;
  readonly containers: ReadonlyMap<string, Unit>;
  readonly problems: Problem[];
}

/**
 * Steps that are not jobs, by their names in the run's context. A loop comes before its rounds, which have the same
 * name.
 */
function containersOf(units: readonly Unit[]): ReadonlyMap<string, Unit> {
  const found = new Map<string, Unit>();
  for (const unit of units) {
    const name = unit.path.at(-1) ?? "";
    if (!found.has(name) && !givesItself(unit)) found.set(name, unit);
  }
  return found;
}

/** True for a job and for a loop of jobs: the run has their outputs. */
function givesItself({ kind, parts, jobs }: Unit): boolean {
  return kind === "job" || (kind === "loop" && (jobs.length > 0 || parts[0]?.kind === "job"));
}

function filled(job: JobDraft, filling: Filling): JobDraft {
  const { unit } = filling;
  const definition = unit.definition;
  const change =
    (at: string) =>
    (reference: Json, path: Path): Json => {
      const taken = definition === undefined ? "either" : (definition.secrecy?.(path) ?? "clear");
      const place = { at, path, taken, definition: at === "properties" ? definition : undefined };
      return instead(reference, place, filling);
    };
  const input = mapReferences(job.input, change("properties"));
  return {
    ...job,
    input: isObject(input) ? input : job.input,
    ...(job.condition === undefined ? {} : { condition: inCondition(job.condition, { ...filling, problems: [] }) }),
    ...(job.locks === undefined
      ? {}
      : { locks: job.locks.map((lock) => ({ ...lock, name: mapReferences(lock.name, change("locks")) })) }),
  };
}

function mapReferences(value: Json, change: (reference: Json, path: Path) => Json, path: Path = []): Json {
  if (Array.isArray(value)) return value.map((one: Json, index) => mapReferences(one, change, [...path, index]));
  if (!isObject(value)) return value;
  if (isReference(value)) return change(value, path);
  const entries = Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : [[key, mapReferences(inner, change, [...path, key])] as const],
  );
  return Object.fromEntries(entries);
}

interface ReferenceSite {
  readonly at: string;
  readonly path: Path;
  readonly taken: Secrecy;
  readonly definition: JobDefinition | undefined;
}

/** What replaces a reference. It is unchanged when its pointer does not refer to the outputs of a container. */
function instead(reference: Json, place: ReferenceSite, filling: Filling): Json {
  const target = targetOf(pointerOf(reference), filling);
  if (target === null) return reference;
  const found = outputAt(target.unit, target.path);
  const otherwise = isObject(reference) && Object.hasOwn(reference, "default") ? reference["default"] : undefined;
  const pointer = `${filling.unit.pointer}/${place.at}${place.at === "properties" ? toPointer(place.path) : ""}`;
  if (!found.ok) {
    if (otherwise !== undefined) return otherwise;
    filling.problems.push(noOutput(target, pointer, found.known));
    return reference;
  }
  const { value } = found;
  const asked = { ...place, pointer, from: pointerOf(reference), problems: filling.problems };
  for (const leaf of found.leaves) checkSecrecy(leaf, asked);
  const [leaf] = found.leaves;
  if (isReference(value) && leaf !== undefined) checkType(leaf, asked);
  return isObject(value) && isReference(value) && otherwise !== undefined ? { ...value, default: otherwise } : value;
}

interface OutputSource {
  readonly unit: Unit;
  readonly path: readonly string[];
}

function targetOf(pointer: string, { containers }: Filling): OutputSource | null {
  const [root, name = "", what, ...path] = fromPointer(pointer);
  const unit = root === "steps" && what === "outputs" ? containers.get(name) : undefined;
  return unit === undefined ? null : { unit, path };
}

/** A job of the tree and the path in its output. */
interface Leaf {
  readonly unit: Unit;
  readonly path: readonly string[];
}

/** `known` contains the outputs that exist. */
type Found =
  | { readonly ok: true; readonly value: Json; readonly leaves: readonly Leaf[] }
  | { readonly ok: false; readonly known: readonly string[] };

function outputAt(unit: Unit, path: readonly string[]): Found {
  if (givesItself(unit)) {
    const $from = toPointer(["steps", unit.path.at(-1) ?? "", "outputs", ...path]);
    return { ok: true, value: { $from }, leaves: [{ unit, path: unit.kind === "loop" ? path.slice(1) : path }] };
  }
  const parts = unit.kind === "loop" ? unit.parts : givingParts(unit);
  const names = parts.map((part, index) => (unit.kind === "loop" ? String(index) : part.name));
  const [name, ...rest] = path;
  if (name === undefined) return together(unit, parts);
  const part = parts[names.indexOf(name)];
  return part === undefined ? { ok: false, known: names } : outputAt(part, rest);
}

function together({ kind }: Unit, parts: readonly Unit[]): Found {
  const values = parts.flatMap((part) => {
    const found = outputAt(part, []);
    return found.ok ? [{ name: part.name, ...found }] : [];
  });
  const leaves = values.flatMap((one) => one.leaves);
  if (kind === "loop") return { ok: true, value: values.map((one) => one.value), leaves };
  return { ok: true, value: Object.fromEntries(values.map((one) => [one.name, one.value] as const)), leaves };
}

/** Final steps of a call, deploy steps and types without outputs have no outputs. */
function givingParts(unit: Unit): readonly Unit[] {
  return unit.parts.filter(
    (part) => part.endOf === unit.endOf && part.kind !== "deploy" && (!givesItself(part) || schemaOf(part) !== null),
  );
}

function schemaOf(unit: Unit): ReturnType<typeof outputSchema> {
  const own = definitionOf(unit);
  return own === undefined ? {} : outputSchema(own);
}

interface OutputQuestion extends ReferenceSite {
  readonly pointer: string;
  readonly from: string;
  readonly problems: Problem[];
}

function definitionOf({ definition, parts }: Unit): JobDefinition | undefined {
  return definition ?? parts[0]?.definition;
}

function placeWord({ at, path }: ReferenceSite): string {
  return String(path.at(-1) ?? at);
}

function checkSecrecy({ unit, path }: Leaf, asked: OutputQuestion): void {
  const given = definitionOf(unit)?.outputSecrecy?.(path) ?? "clear";
  const params = { pointer: clip(asked.from), place: placeWord(asked) };
  if (given === "secret" && asked.taken === "clear") asked.problems.push(problem("SecretShown", asked.pointer, params));
  if (given === "clear" && asked.taken === "secret")
    asked.problems.push(problem("SecretFromClear", asked.pointer, params));
}

function checkType({ unit, path }: Leaf, asked: OutputQuestion): void {
  const own = definitionOf(unit);
  const given = own === undefined ? null : outputSchema(own);
  if (given === null || unit.kind === "loop") return;
  const place = schemaAt(given, path);
  if (place.found === "no") asked.problems.push(noOutput({ unit, path }, asked.pointer, place.known));
  const { definition } = asked;
  const accepted = definition === undefined ? null : typesAt(schemaAt(inputSchema(definition), asked.path));
  const types = typesAt(place);
  if (mayFit(types, accepted)) return;
  const words = { expected: [...(accepted ?? [])].join(" | "), actual: [...(types ?? [])].join(" | ") };
  asked.problems.push(
    problem("TypeMismatch", asked.pointer, { place: placeWord(asked), pointer: clip(asked.from), ...words }),
  );
}

function noOutput({ unit, path }: OutputSource, pointer: string, known: readonly string[]): Problem {
  const params = {
    name: clip(unit.path.at(-1) ?? ""),
    output: clip(path.join("/") || "outputs"),
    known: listNames(known),
  };
  return problem("NoStepOutput", pointer, params);
}

/** A condition needs a single value, so it cannot refer to all outputs of a group together. */
function inCondition(condition: Condition, filling: Filling): Condition {
  return mapCondition(condition, (operand): Operand => {
    const target = "pointer" in operand ? targetOf(operand.pointer, filling) : null;
    if (target === null || !("pointer" in operand)) return operand;
    const pointer = `${filling.unit.pointer}/if`;
    const found = outputAt(target.unit, target.path);
    const one = found.ok ? found.value : null;
    if (!found.ok || one === null || !isReference(one)) {
      const known = found.ok ? givingParts(target.unit).map((part) => part.name) : found.known;
      filling.problems.push(noOutput(target, pointer, known));
      return operand;
    }
    const asked = { at: "if", path: [], taken: "clear", definition: undefined } as const;
    for (const leaf of found.leaves) {
      checkSecrecy(leaf, { ...asked, pointer, from: operand.pointer, problems: filling.problems });
      checkType(leaf, { ...asked, pointer, from: operand.pointer, problems: filling.problems });
    }
    return { pointer: pointerOf(one) };
  });
}

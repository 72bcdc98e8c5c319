// What the names and values in a step mean at one place of the expansion. Known values are filled in. A value that only
// the run will know keeps its reference, with the name that the step has there.

import { isObject, type Json } from "../../../model/data/json.ts";
import { fromPointer, toPointer } from "../../../model/data/pointer.ts";
import type { Condition, Operand } from "../../../model/document/condition.ts";
import { mapCondition } from "../conditions/mapCondition.ts";
import { isReference, pointerOf } from "../steps/holes.ts";
import type { ResolvedStep } from "../steps/resolvedWorkflow.ts";
import type { Frame } from "./tree.ts";

/** Names that belong to the frame of these steps. The steps inside a loop have their own frames. */
export function namesOf(steps: readonly ResolvedStep[]): readonly string[] {
  return steps.flatMap((step) => [
    step.name,
    ...(step.kind === "group" && step.forEach === null ? namesOf(step.steps) : []),
  ]);
}

export function ownerOf(frame: Frame, name: string): Frame | null {
  for (let at: Frame | null = frame; at !== null; at = at.parent) if (at.names.has(name)) return at;
  return null;
}

/**
 * Fills in known values, and replaces the names of steps by their names in the run. `missing` is called for a pointer
 * without a value.
 */
export function substitute(value: Json, frame: Frame, missing: (pointer: string) => void): Json {
  if (Array.isArray(value)) return value.map((item: Json) => substitute(item, frame, missing));
  if (!isObject(value)) return value;
  if (!isReference(value)) {
    const entries = Object.entries(value).flatMap(([key, inner]) =>
      inner === undefined ? [] : [[key, substitute(inner, frame, missing)] as const],
    );
    return Object.fromEntries(entries);
  }
  const from = pointerOf(value);
  const instead = Object.hasOwn(value, "default") ? value["default"] : undefined;
  const found = valueOf(from, frame);
  if (found === undefined) {
    if (instead === undefined) missing(from);
    return instead ?? null;
  }
  return isReference(found) && isObject(found) && instead !== undefined ? { ...found, default: instead } : found;
}

export function substituteCondition(condition: Condition, frame: Frame): Condition {
  return mapCondition(condition, (operand): Operand => {
    if (!("pointer" in operand)) return operand;
    const found = valueOf(operand.pointer, frame);
    if (found === undefined) return operand;
    return isObject(found) && isReference(found)
      ? { pointer: pointerOf(found) }
      : { value: found, from: operand.pointer };
  });
}

/** `undefined` when it is known that there is no value. A reference when the value is known only in the run. */
function valueOf(from: string, frame: Frame): Json | undefined {
  const [root, ...path] = fromPointer(from);
  const [name = "", ...rest] = path;
  if (root === "inputs") return along(Object.hasOwn(frame.inputs, name) ? frame.inputs[name] : undefined, rest);
  if (root === "item") return along(itemOf(frame), path);
  if (root === "components") {
    const outputs = frame.components.get(name);
    const output = rest[1] ?? "";
    return outputs !== undefined && Object.hasOwn(outputs, output) ? outputs[output] : undefined;
  }
  if (root !== "steps") return { $from: from };
  return { $from: toPointer(["steps", contextName(ownerOf(frame, name), name), ...rest]) };
}

export function contextName(frame: Frame | null, name: string): string {
  return `${frame?.prefix ?? ""}${name}`;
}

function itemOf(frame: Frame): Json | undefined {
  for (let at: Frame | null = frame; at !== null; at = at.parent) if (at.item !== undefined) return at.item.value;
  return undefined;
}

/**
 * Follows a path through a reference: `/item/name` of an item `{"$from": "/steps/x/outputs/y"}` is
 * `/steps/x/outputs/y/name`.
 */
function along(value: Json | undefined, path: readonly string[]): Json | undefined {
  let at = value;
  for (const [index, key] of path.entries()) {
    if (isObject(at) && isReference(at)) return { $from: `${pointerOf(at)}${toPointer(path.slice(index))}` };
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    if (Array.isArray(at) && !/^\d+$/.test(key)) return undefined;
    at = Reflect.get(at, key) as Json | undefined; // an own member of JSON is JSON
  }
  return at;
}

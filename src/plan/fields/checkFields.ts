// Small checks of the document's own fields. Each adds its problems and returns the value when it is usable, so that
// the caller can continue with the rest.

import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { toPointer } from "../../model/data/pointer.ts";
import { LIMITS } from "../../model/document/document.ts";
import { parseDuration } from "../../model/document/duration.ts";
import { isComponentName, nearest, suggestName } from "../../model/kubernetes/name.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import { clip, listNames, showValue, typeWord } from "./valueWords.ts";

/** An object of the document with its pointer. */
export interface DocumentPart {
  readonly value: JsonObject;
  readonly pointer: string;
  readonly problems: Problem[];
}

export function fieldPointer(part: DocumentPart, ...path: readonly (string | number)[]): string {
  return part.pointer + toPointer(path);
}

/** Own keys only, so that `constructor` is not found in every document. */
export function field(part: DocumentPart, name: string): Json | undefined {
  return Object.hasOwn(part.value, name) ? part.value[name] : undefined;
}

export function checkKnown(part: DocumentPart, known: readonly string[]): void {
  const unknown = Object.keys(part.value).filter((key) => !known.includes(key));
  const free = known.filter((name) => !Object.hasOwn(part.value, name));
  for (const key of unknown.slice(0, LIMITS.problems + 1)) {
    const params = { field: clip(key), known: listNames(known) };
    part.problems.push(problem("UnknownField", fieldPointer(part, key), params, nearest(clip(key), free)));
  }
}

export function checkObject(value: Json | undefined, pointer: string, problems: Problem[]): value is JsonObject {
  if (isObject(value)) return true;
  problems.push(wrongType(pointer, "object", value));
  return false;
}

export function wrongType(pointer: string, expected: string, value: Json | undefined): Problem {
  return problem("Type", pointer, { expected, actual: typeWord(value) });
}

export function textField(part: DocumentPart, name: string, need: "required" | "optional"): string | undefined {
  const value = field(part, name);
  if (typeof value === "string") return value;
  const pointer = fieldPointer(part, name);
  if (value !== undefined) part.problems.push(wrongType(pointer, "string", value));
  else if (need === "required") part.problems.push(problem("Required", pointer, { field: name }));
  return undefined;
}

export function checkName(text: string, pointer: string, limit: number): Problem | undefined {
  const valid = limit === 63 ? NAMESPACE.test(text) : isComponentName(text);
  if (valid) return undefined;
  return problem("Name", pointer, { value: showValue(text), limit }, suggestName(text.slice(0, 200)));
}

/** An RFC 1123 label: unlike a Service, a namespace may start with a digit. */
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Milliseconds; `null` when absent or invalid. */
export function durationField(part: DocumentPart, name: string, least: number): number | null {
  const value = field(part, name);
  if (value === undefined) return null;
  const pointer = fieldPointer(part, name);
  if (typeof value !== "string" && typeof value !== "number") {
    part.problems.push(wrongType(pointer, "string | number", value));
    return null;
  }
  const milliseconds = parseDuration(value);
  if (milliseconds === undefined || !Number.isFinite(milliseconds)) {
    part.problems.push(problem("Duration", pointer, { value: showValue(value) }));
    return null;
  }
  if (milliseconds >= least) return milliseconds;
  part.problems.push(problem("OutOfRange", pointer, { value: showValue(value), bound: `≥ ${least}ms` }));
  return null;
}

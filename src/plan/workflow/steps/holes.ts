// References in a step's properties: `{"$from": pointer, "default"?: value}`. While a plan is made, their places are
// holes: the value is known later, so the schema is not applied there.
import { isObject, type Json } from "../../../model/data/json.ts";
import type { Path } from "../../../model/data/pointer.ts";

export interface Hole {
  /** The path from the root of the properties. */
  readonly path: Path;
  readonly from: string;
  readonly default?: Json;
  /** Unknown keys of the object with `$from`. */
  readonly unknown: readonly string[];
}

export function isReference(value: Json | undefined): boolean {
  return isObject(value) && Object.hasOwn(value, "$from");
}

/** The pointer of a reference; empty, which refers to nothing, when it is not a text. */
export function pointerOf(reference: Json | undefined): string {
  const from = isObject(reference) ? reference["$from"] : undefined;
  return typeof from === "string" ? from : "";
}

/**
 * The holes in the order of the document. A `$from` that is not a text is a hole with an empty pointer, which refers to
 * nothing.
 */
export function holesIn(value: Json | undefined, path: Path = []): readonly Hole[] {
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => holesIn(item, [...path, index]));
  if (!isObject(value)) return [];
  if (!isReference(value)) return Object.entries(value).flatMap(([key, inner]) => holesIn(inner, [...path, key]));
  const unknown = Object.keys(value).filter((key) => key !== "$from" && key !== "default");
  const instead = Object.hasOwn(value, "default") ? value["default"] : undefined;
  const hole = { path, from: pointerOf(value), unknown };
  return [instead === undefined ? hole : { ...hole, default: instead }];
}

/** The same value, in which each hole that has a default is filled with it. */
export function withDefaults(value: Json): Json {
  if (Array.isArray(value)) return value.map(withDefaults);
  if (!isObject(value)) return value;
  if (isReference(value)) return (Object.hasOwn(value, "default") ? value["default"] : undefined) ?? value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, withDefaults(inner)]])),
  );
}

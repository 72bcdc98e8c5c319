// Tables of field rules: a key of the input -> the rule for its value. A key without a rule gets no entry, so the
// ledger reports it as not supported.
import type { Catalog } from "../../catalog/catalog.ts";
import { canonicalJson, isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { parseDuration } from "../../model/document/duration.ts";
import type { ImportDraft } from "./importDraft.ts";
import { type Ledger, put, say } from "./ledger.ts";
import { NOT_UNDERSTOOD, type Words } from "./reportWords.ts";

/** Values that all rules of an import share. */
export interface Importing {
  readonly catalog: Pick<Catalog, "components" | "traits">;
  readonly ledger: Ledger;
  readonly head: ImportDraft;
  readonly drafts: ImportDraft[];
  /** Name of the document, for inputs that do not contain one. */
  readonly name: string;
  /** Values of the variables in a Compose file. */
  readonly variables: Readonly<Record<string, string>>;
  /** Returns the text of a file that the input names, or `undefined` when it cannot be read. */
  readonly readBeside: (path: string) => string | undefined;
}

export interface InputPart<S> {
  readonly value: Json;
  readonly at: Path;
  readonly draft: ImportDraft;
  readonly importing: Importing;
  readonly shared: S;
}

export type FieldRule<S = unknown> = (part: InputPart<S>) => void;
export type FieldRules<S = unknown> = { readonly [key: string]: FieldRule<S> };

/** Applies the rules in the order of the table, so that a rule can rely on the rules before it. */
export function applyRules<S>(rules: FieldRules<S>, part: InputPart<S>): void {
  const { value, at } = part;
  if (!isObject(value)) return;
  for (const [key, rule] of Object.entries(rules)) {
    const inner = Object.hasOwn(value, key) ? value[key] : undefined;
    if (inner !== undefined) rule({ ...part, value: inner, at: [...at, key] });
  }
}

/** The rule that takes the value unchanged. */
export function take(...to: Path): FieldRule {
  return ({ value, at, draft, importing }) => put(importing.ledger, { draft, path: to }, value, at);
}

/** The value itself if it is a duration, else `undefined`. */
export function asDuration(value: Json): Json | undefined {
  return (typeof value === "string" || typeof value === "number") && parseDuration(value) !== undefined
    ? value
    : undefined;
}

/** A number of seconds as a duration with its unit; `undefined` for all other values. */
export function asSeconds(value: Json): Json | undefined {
  return typeof value === "number" ? `${value}s` : undefined;
}

/**
 * The rule that converts the value. `convert` returns `undefined` for a value that it does not understand. An equal
 * result counts as taken.
 */
export function turn(to: Path, convert: (value: Json) => Json | undefined, words: Words): FieldRule {
  return (part) => write(part, to, convert(part.value), words);
}

function write<S>(
  { value, at, draft, importing }: InputPart<S>,
  to: Path,
  result: Json | undefined,
  words: Words,
): void {
  if (result === undefined) return say(importing.ledger, at, "unsupported", NOT_UNDERSTOOD);
  const same = canonicalJson(result) === canonicalJson(value);
  put(importing.ledger, { draft, path: to }, result, at, same ? undefined : words);
}

export function refuse(words: Words): FieldRule {
  return ({ at, importing }) => say(importing.ledger, at, "unsupported", words);
}

/** The rule for a field that needs no counterpart in the document. */
export function needless(words: Words): FieldRule {
  return ({ at, draft, importing }) => say(importing.ledger, at, "changed", words, { draft, path: [] });
}

/** The rule for a field that is needless if its value passes `holds`, and is not supported otherwise. */
export function onlyIf(holds: (value: Json) => boolean, good: Words, bad: Words): FieldRule {
  return (part) => (holds(part.value) ? needless(good)(part) : refuse(bad)(part));
}

export function inside<S>(rules: FieldRules<S>): FieldRule<S> {
  return (part) => applyRules(rules, part);
}

/** The items of a list, each with its path; empty when the value is not a list. */
export function itemsOf<S>(part: InputPart<S>): readonly InputPart<S>[] {
  const { value, at } = part;
  return Array.isArray(value) ? value.map((item: Json, index) => ({ ...part, value: item, at: [...at, index] })) : [];
}

/** The fields of an object, each with its path; empty when the value is not an object. */
export function fieldsOf<S>(part: InputPart<S>): readonly (readonly [string, InputPart<S>])[] {
  const { value, at } = part;
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : [[key, { ...part, value: inner, at: [...at, key] }] as const],
  );
}

export function field<S>(part: InputPart<S>, key: string): InputPart<S> | undefined {
  const inner = isObject(part.value) && Object.hasOwn(part.value, key) ? part.value[key] : undefined;
  return inner === undefined ? undefined : { ...part, value: inner, at: [...part.at, key] };
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function scalarOf(value: Json | undefined): string | number | boolean | undefined {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** A scalar as text; empty for all other values. */
export function wordOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

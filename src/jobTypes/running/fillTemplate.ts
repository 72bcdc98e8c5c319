// Fills in the placeholders of a registration's template: `{{input.model}}`, `{{/input/model}}`, `{{run.id}}`. A
// placeholder is only a path; no expressions are evaluated. A text that consists of one placeholder becomes the value
// with its type; in a longer text the value is written as text. `$(NAME)` in the template itself is a variable for the
// kubelet, but in a filled-in value it stays these characters.

import type { Json, JsonObject } from "../../model/data/json.ts";
import { fromPointer } from "../../model/data/pointer.ts";
import { closedText, literalText } from "../../model/kubernetes/kubeletExpansion.ts";
import { type ExpandedFields, givenAt, inField } from "./expandedFields.ts";

export interface TemplateValues {
  readonly input: JsonObject;
  readonly run: {
    readonly id: string;
    readonly project: string;
    /** The namespace of the application, which the user named. The pod of the job runs in another one. */
    readonly namespace: string;
    readonly job: string;
    readonly attempt: number;
    /** Name of the Secret with the secret values of the input. */
    readonly secret: string;
  };
}

type Filled = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly missing: string };

const PLACEHOLDER = /\{\{\s*([^{}\s]+)\s*\}\}/g;
export const ONLY_PLACEHOLDER = /^\{\{\s*([^{}\s]+)\s*\}\}$/;

/** The paths of a template's placeholders, as lists of keys: `["input", "model"]`. */
export function placeholdersOf(template: Json): readonly (readonly string[])[] {
  if (typeof template === "string") return [...template.matchAll(PLACEHOLDER)].map((match) => pathOf(match[1] ?? ""));
  if (typeof template !== "object" || template === null) return [];
  return Object.values(template).flatMap((inner) => (inner === undefined ? [] : placeholdersOf(inner)));
}

/** Parses `input.model` and `/input/model` to the same path. */
export function pathOf(text: string): readonly string[] {
  return text.startsWith("/") ? fromPointer(text) : text.split(".");
}

/**
 * When a value is absent, an item of a list or a field of an object is left out. Inside a longer text the placeholder
 * counts as missing. `place`: the fields of the template in which the kubelet expands texts.
 */
export function fillTemplate(template: Json, values: TemplateValues, place: ExpandedFields): Filled {
  const missing: string[] = [];
  const value = fill(template, { values, missing, place });
  const [first] = missing;
  return first === undefined && value !== undefined
    ? { ok: true, value }
    : { ok: false, missing: first ?? "the whole template" };
}

interface Filling {
  readonly values: TemplateValues;
  readonly missing: string[];
  readonly place: ExpandedFields;
}

function fill(template: Json, filling: Filling): Json | undefined {
  if (typeof template === "string") return fillText(template, filling);
  const { place } = filling;
  if (Array.isArray(template))
    return template.flatMap((item) => {
      const filled = fill(item, { ...filling, place: place.items ?? {} });
      return filled === undefined ? [] : [filled];
    });
  if (typeof template !== "object" || template === null) return template;
  const entries = Object.entries(template).flatMap(([key, inner]): [string, Json][] => {
    const filled = inner === undefined ? undefined : fill(inner, { ...filling, place: inField(place, key) });
    return filled === undefined ? [] : [[key, filled]];
  });
  return Object.fromEntries(entries);
}

function fillText(text: string, { values, missing, place }: Filling): Json | undefined {
  const only = ONLY_PLACEHOLDER.exec(text)?.[1];
  if (only !== undefined) {
    const value = follow(values, pathOf(only));
    return value === undefined ? undefined : givenAt(place, value);
  }
  let written = "";
  let from = 0;
  for (const { 0: whole, 1: path = "", index } of text.matchAll(PLACEHOLDER)) {
    const before = text.slice(from, index);
    const given = follow(values, pathOf(path));
    if (given === undefined) missing.push(path);
    const value = typeof given === "string" ? given : JSON.stringify(given ?? "");
    // A value must not complete a variable that the text of the template begins, as in `$({{input.name}})`.
    written += place.expanded === true ? closedText(before) + literalText(value) : before + value;
    from = index + whole.length;
  }
  return written + text.slice(from);
}

/** Follows own members only, so that a path cannot reach a prototype. */
function follow(values: TemplateValues, path: readonly string[]): Json | undefined {
  let at: unknown = values;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at as Json | undefined; // an own member of JSON is JSON
}

// Templates of registrations: `{{input.model}}`, `{{/input/model}}`, `{{run.id}}`. Only pointers, nothing is evaluated. A text that is one
// placeholder and nothing else becomes the value itself, with its type; inside of a longer text only plain values make sense. The kubelet does
// not evaluate what is filled in either: `$(NAME)` in the template itself is the variable, in a value it is these characters.

import type { Json, JsonObject } from "../../model/data/json.ts";
import { fromPointer } from "../../model/data/pointer.ts";
import { closedText, literalText } from "../../model/kubernetes/kubeletExpansion.ts";
import { type ExpandedFields, givenAt, inField } from "./expandedFields.ts";

export interface TemplateValues {
  readonly input: JsonObject;
  readonly run: {
    readonly id: string;
    readonly project: string;
    /** That the user named: where the application lives, not where the job's pod runs. */
    readonly namespace: string;
    readonly job: string;
    readonly attempt: number;
    /** Name of the Secret with what is secret in the input. */
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

/** `input.model` and `/input/model` alike. */
export function pathOf(text: string): readonly string[] {
  return text.startsWith("/") ? fromPointer(text) : text.split(".");
}

/**
 * What an optional input leaves open: of a list the item is left out, of an object the field. Elsewhere it is missing.
 * `place`: where in it the kubelet expands texts.
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
    // A value must not complete a reference that the template's own text has begun: `$({{input.name}})` is not a way to a variable.
    written += place.expanded === true ? closedText(before) + literalText(value) : before + value;
    from = index + whole.length;
  }
  return written + text.slice(from);
}

/** Own members only: a prototype is never reached. */
function follow(values: TemplateValues, path: readonly string[]): Json | undefined {
  let at: unknown = values;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at as Json | undefined; // an own member of JSON is JSON
}

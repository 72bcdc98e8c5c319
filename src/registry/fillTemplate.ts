// Templates of registrations: `{{input.model}}`, `{{/input/model}}`, `{{run.id}}`. Only pointers, nothing is evaluated. A text that is one
// placeholder and nothing else becomes the value itself, with its type; inside of a longer text only plain values make sense.
import type { Json, JsonObject } from "../model/json.ts";
import { fromPointer } from "../model/pointer.ts";

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

export type Filled = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly missing: string };

const PLACEHOLDER = /\{\{\s*([^{}\s]+)\s*\}\}/g;
const ONLY_PLACEHOLDER = /^\{\{\s*([^{}\s]+)\s*\}\}$/;

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

/** What an optional input leaves open: of a list the item is left out, of an object the field. Elsewhere it is missing. */
export function fillTemplate(template: Json, values: TemplateValues): Filled {
  const missing: string[] = [];
  const value = fill(template, values, missing);
  const [first] = missing;
  return first === undefined && value !== undefined
    ? { ok: true, value }
    : { ok: false, missing: first ?? "the whole template" };
}

function fill(template: Json, values: TemplateValues, missing: string[]): Json | undefined {
  if (typeof template === "string") return fillText(template, values, missing);
  if (Array.isArray(template))
    return template.flatMap((item) => {
      const filled = fill(item, values, missing);
      return filled === undefined ? [] : [filled];
    });
  if (typeof template !== "object" || template === null) return template;
  const entries = Object.entries(template).flatMap(([key, inner]): [string, Json][] => {
    const filled = inner === undefined ? undefined : fill(inner, values, missing);
    return filled === undefined ? [] : [[key, filled]];
  });
  return Object.fromEntries(entries);
}

function fillText(text: string, values: TemplateValues, missing: string[]): Json | undefined {
  const only = ONLY_PLACEHOLDER.exec(text)?.[1];
  if (only !== undefined) return follow(values, pathOf(only));
  return text.replaceAll(PLACEHOLDER, (_, path: string) => {
    const value = follow(values, pathOf(path));
    if (value === undefined) missing.push(path);
    return typeof value === "string" ? value : JSON.stringify(value ?? "");
  });
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

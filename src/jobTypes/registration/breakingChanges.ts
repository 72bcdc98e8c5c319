// May a new version take the place of the one before without anybody noticing? Input may only come to take more, output may only come to
// promise more; anything else is a major version. Where it cannot be told (free-form parts that changed), the answer is no: a wrong yes
// breaks other people's saved workflows.
import { canonicalJson, isObject, type Json, type JsonObject } from "../../model/data/json.ts";

/** What is broken, in words with the place; empty: compatible. */
export function incompatibilities(
  before: { readonly input: JsonObject; readonly output: JsonObject },
  after: { readonly input: JsonObject; readonly output: JsonObject },
): readonly string[] {
  return [
    ...narrowed(before.input, after.input, "input"),
    // Who reads an output is in the place of the schema: what it gave it must still give.
    ...narrowed(after.output, before.output, "output").map((text) => text.replace("takes", "no longer gives")),
  ];
}

/** Where `after` refuses something that `before` takes. */
function narrowed(before: Json | undefined, after: Json | undefined, at: string): readonly string[] {
  if (canonicalJson(before ?? true) === canonicalJson(after ?? true) || after === true || isOpen(after)) return [];
  if (!isObject(before) || !isObject(after)) return [`${at} takes less`];
  return [
    ...lostTypes(before, after, at),
    ...lostValues(before, after, at),
    ...tighterBounds(before, after, at),
    ...lostProperties(before, after, at),
    ...(isObject(before["items"]) || after["items"] !== undefined
      ? narrowed(before["items"], after["items"], `${at}/items`)
      : []),
    ...otherChanges(before, after, at),
  ];
}

const NOTES = new Set([
  "title",
  "description",
  "default",
  "examples",
  "$comment",
  "deprecated",
  "readOnly",
  "writeOnly",
  "$schema",
  "$id",
]);
const isNote = (key: string): boolean => NOTES.has(key) || key.startsWith("x-");

function isOpen(schema: Json | undefined): boolean {
  return schema === undefined || (isObject(schema) && Object.keys(schema).every(isNote));
}

function typesOf(schema: JsonObject): ReadonlySet<string> | null {
  const type = schema["type"];
  if (type === undefined) return null;
  return new Set((Array.isArray(type) ? type : [type]).map(String));
}

function lostTypes(before: JsonObject, after: JsonObject, at: string): readonly string[] {
  const [had, has] = [typesOf(before), typesOf(after)];
  if (has === null) return [];
  if (had === null) return [`${at} takes only ${[...has].join(" or ")}`];
  const lost = [...had].filter((type) => !has.has(type) && !(type === "integer" && has.has("number")));
  return lost.length === 0 ? [] : [`${at} takes no ${lost.join(" or ")}`];
}

function lostValues(before: JsonObject, after: JsonObject, at: string): readonly string[] {
  const listed = (schema: JsonObject): ReadonlySet<string> | null => {
    const values = schema["enum"] ?? (schema["const"] === undefined ? undefined : [schema["const"]]);
    return Array.isArray(values) ? new Set(values.map((value) => canonicalJson(value))) : null;
  };
  const [had, has] = [listed(before), listed(after)];
  if (has === null) return [];
  if (had === null) return [`${at} takes only some values`];
  const lost = [...had].filter((value) => !has.has(value));
  return lost.length === 0 ? [] : [`${at} takes no ${lost.slice(0, 3).join(", ")}`];
}

const LEAST = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const MOST = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

function tighterBounds(before: JsonObject, after: JsonObject, at: string): readonly string[] {
  const tighter = (key: string, worse: (now: number, then: number) => boolean): readonly string[] => {
    const [then, now] = [before[key], after[key]];
    if (typeof now !== "number") return [];
    return typeof then !== "number" || worse(now, then) ? [`${at} takes less: ${key} is ${now}`] : [];
  };
  return [
    ...LEAST.flatMap((key) => tighter(key, (now, then) => now > then)),
    ...MOST.flatMap((key) => tighter(key, (now, then) => now < then)),
  ];
}

function lostProperties(before: JsonObject, after: JsonObject, at: string): readonly string[] {
  const properties = (schema: JsonObject): JsonObject => (isObject(schema["properties"]) ? schema["properties"] : {});
  const required = (schema: JsonObject): ReadonlySet<string> =>
    new Set(Array.isArray(schema["required"]) ? schema["required"].map(String) : []);
  const [had, has] = [properties(before), properties(after)];
  const demanded = [...required(after)].filter((name) => !required(before).has(name));
  const rest = after["additionalProperties"] ?? true;
  return [
    ...demanded.map((name) => `${at} takes nothing without ${name}`),
    ...Object.keys(had).flatMap((name) =>
      name in has ? narrowed(had[name], has[name], `${at}/${name}`) : narrowed(had[name], rest, `${at}/${name}`),
    ),
    // A field that was not declared before was no promise: declaring it now is gaining one.
    ...(before["additionalProperties"] === false
      ? []
      : narrowed(before["additionalProperties"] ?? true, rest, `${at}/*`)),
  ];
}

const COMPARED = new Set([
  "type",
  "enum",
  "const",
  "properties",
  "required",
  "items",
  "additionalProperties",
  ...LEAST,
  ...MOST,
]);

/** Patterns, alternatives, conditions: equal or not, nothing in between is judged. */
function otherChanges(before: JsonObject, after: JsonObject, at: string): readonly string[] {
  return Object.keys(after)
    .filter((key) => !COMPARED.has(key) && !isNote(key))
    .filter((key) => canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null))
    .map((key) => `${at} takes less: ${key} changed`);
}

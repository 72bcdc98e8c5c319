// Checks whether a new version of a job type can replace the version before without breaking its users. The input may
// only accept more, and the output may only promise more; any other change needs a new major version. A change that
// cannot be judged (such as another pattern) counts as breaking, because a wrong "compatible" would break saved
// workflows.
import { canonicalJson, isObject, type Json, type JsonObject } from "../../model/data/json.ts";

/** Descriptions of the breaking changes, each with its place in the schema. Empty when the versions are compatible. */
export function incompatibilities(
  before: { readonly input: JsonObject; readonly output: JsonObject },
  after: { readonly input: JsonObject; readonly output: JsonObject },
): readonly string[] {
  return [
    ...narrowed(before.input, after.input, "input"),
    // The schemas are exchanged for the output: each value of the new version must fit the schema of the version
    // before.
    ...narrowed(after.output, before.output, "output").map((text) => text.replace("accepts", "so far gave")),
  ];
}

/** The places where `after` refuses a value that `before` accepts. */
function narrowed(before: Json | undefined, after: Json | undefined, at: string): readonly string[] {
  if (canonicalJson(before ?? true) === canonicalJson(after ?? true) || after === true || isOpen(after)) return [];
  if (!isObject(before) || !isObject(after)) return [`${at} accepts less`];
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
  if (had === null) return [`${at} accepts only ${[...has].join(" or ")}`];
  const lost = [...had].filter((type) => !has.has(type) && !(type === "integer" && has.has("number")));
  return lost.length === 0 ? [] : [`${at} accepts no ${lost.join(" or ")}`];
}

function lostValues(before: JsonObject, after: JsonObject, at: string): readonly string[] {
  const listed = (schema: JsonObject): ReadonlySet<string> | null => {
    const values = schema["enum"] ?? (schema["const"] === undefined ? undefined : [schema["const"]]);
    return Array.isArray(values) ? new Set(values.map((value) => canonicalJson(value))) : null;
  };
  const [had, has] = [listed(before), listed(after)];
  if (has === null) return [];
  if (had === null) return [`${at} accepts only some values`];
  const lost = [...had].filter((value) => !has.has(value));
  return lost.length === 0 ? [] : [`${at} accepts no ${lost.slice(0, 3).join(", ")}`];
}

const LEAST = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const MOST = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

function tighterBounds(before: JsonObject, after: JsonObject, at: string): readonly string[] {
  const tighter = (key: string, worse: (now: number, then: number) => boolean): readonly string[] => {
    const [then, now] = [before[key], after[key]];
    if (typeof now !== "number") return [];
    return typeof then !== "number" || worse(now, then) ? [`${at} accepts less: ${key} is ${now}`] : [];
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
    ...demanded.map((name) => `${at} accepts nothing without ${name}`),
    ...Object.keys(had).flatMap((name) =>
      name in has ? narrowed(had[name], has[name], `${at}/${name}`) : narrowed(had[name], rest, `${at}/${name}`),
    ),
    // Undeclared fields matter only if the schema before accepted them.
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

/**
 * Patterns, alternatives and conditions are only compared for equality: each difference counts as a breaking change.
 */
function otherChanges(before: JsonObject, after: JsonObject, at: string): readonly string[] {
  return Object.keys(after)
    .filter((key) => !COMPARED.has(key) && !isNote(key))
    .filter((key) => canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null))
    .map((key) => `${at} accepts less: ${key} changed`);
}

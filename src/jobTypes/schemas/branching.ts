// Counts how often a schema may check the same value. Nested alternatives multiply: thirty small definitions, each of
// which tries the next one twice, check one word a thousand million times. Compiling them is fast, so the deadline of
// trySchema.ts does not find them; they are counted before. The count takes time in proportion to the schema.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { type Component, componentsOf } from "./schemaCycles.ts";

export const MOST_BRANCHES = 10_000;

/**
 * `endless`: a definition leads back to itself on two paths for the same value, so that the count doubles with each
 * level of the data.
 */
type Branching = { readonly kind: "counted"; readonly count: number } | { readonly kind: "endless" };

export function branchingOf(root: JsonObject): Branching {
  const component = componentsOf(root, (schema) => lanesOf(schema, root).flat());
  const counting: Counting = { root, component, known: new Map(), endless: false };
  const count = countOf(root, counting);
  return counting.endless ? { kind: "endless" } : { kind: "counted", count };
}

interface Counting {
  readonly root: JsonObject;
  readonly component: Component;
  readonly known: Map<JsonObject, number>;
  endless: boolean;
}

/**
 * Checks of one value including its most expensive part. A definition that leads back to itself counts once: that is a
 * deeper level of data.
 */
function countOf(schema: JsonObject, counting: Counting): number {
  const known = counting.known.get(schema);
  if (known !== undefined) return known;
  counting.known.set(schema, 1);
  const lanes = lanesOf(schema, counting.root);
  const returning = lanes.filter((lane) => lane.some((inner) => counting.component.same(schema, inner)));
  if (returning.length > 1) counting.endless = true;
  const deepest = (lane: readonly JsonObject[]): number =>
    Math.max(0, ...lane.map((inner) => countOf(inner, counting)));
  const count = lanes.reduce((sum, lane) => Math.min(sum + deepest(lane), MOST_BRANCHES * 2), 1);
  counting.known.set(schema, count);
  return count;
}

/** Whether a schema refers to itself for the same value, so that a check would never end. */
export function isCircular(root: JsonObject): boolean {
  const open = new Set<JsonObject>();
  const done = new Set<JsonObject>();
  const returns = (schema: JsonObject): boolean => {
    if (done.has(schema) || open.has(schema)) return open.has(schema);
    open.add(schema);
    const found = SAME_VALUE.flatMap((keyword) => under(schema, keyword, root)).some(returns);
    open.delete(schema);
    done.add(schema);
    return found;
  };
  const seen = new Set([root]);
  // The loop also visits members that are added to the set during the loop.
  for (const schema of seen) for (const inner of lanesOf(schema, root).flat()) seen.add(inner);
  return [...seen].some(returns);
}

/** Keywords whose schemas check the same value as the schema that contains them. */
const SAME_VALUE = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "$ref", "$dynamicRef"];
/** Groups of keywords that check different parts of the value: no two keywords of a group check the same part. */
const DISJOINT = [
  ["properties", "additionalProperties", "unevaluatedProperties", "items", "prefixItems", "unevaluatedItems"],
  ["contains", "propertyNames"],
];
const MAPS: ReadonlySet<string> = new Set(["properties", "patternProperties", "dependentSchemas"]);

/** The schemas inside a schema. Schemas of one lane never check the same value; schemas of different lanes may. */
function lanesOf(schema: JsonObject, root: JsonObject): readonly (readonly JsonObject[])[] {
  return [
    ...SAME_VALUE.flatMap((keyword) => under(schema, keyword, root)).map((inner) => [inner]),
    ...under(schema, "patternProperties", root).map((inner) => [inner]),
    ...DISJOINT.map((keywords) => keywords.flatMap((keyword) => under(schema, keyword, root))),
  ].filter((lane) => lane.length > 0);
}

function under(schema: JsonObject, keyword: string, root: JsonObject): readonly JsonObject[] {
  const value = keyword.startsWith("$") ? targetOf(schema[keyword], root) : schema[keyword];
  if (MAPS.has(keyword) && isObject(value)) return Object.values(value).filter(isObject);
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}

function targetOf(reference: Json | undefined, root: JsonObject): Json | undefined {
  if (reference === "#") return root;
  if (typeof reference !== "string" || !reference.startsWith("#/$defs/")) return undefined;
  const definitions = root["$defs"];
  return isObject(definitions) ? definitions[reference.slice("#/$defs/".length)] : undefined;
}

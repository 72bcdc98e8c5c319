// How often a schema may have to look at one and the same value. Alternatives that lead to alternatives multiply: thirty small definitions,
// each of which tries the next one twice, are a thousand million checks of one word. Compiling them is cheap, so no deadline of ours
// finds them: they are counted before. Takes time in proportion to the schema.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { type Component, componentsOf } from "./schemaCycles.ts";

export const MOST_BRANCHES = 10_000;

/** `endless`: a definition comes back to itself along two ways to the same value, so that the count doubles with every level of the data. */
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

/** Of one value with the deepest of its parts; what a definition does inside of itself belongs to another level of the data. */
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

/** Some schema of it looks at a value by looking at that value: no value ever ends that. */
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
  // A set grows while it is gone through.
  for (const schema of seen) for (const inner of lanesOf(schema, root).flat()) seen.add(inner);
  return [...seen].some(returns);
}

/** Each schema of these looks at the same value as the schema that it stands in. */
const SAME_VALUE = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "$ref", "$dynamicRef"];
/** Each keyword of one of these looks at other parts of the value than the rest. */
const DISJOINT = [
  ["properties", "additionalProperties", "unevaluatedProperties", "items", "prefixItems", "unevaluatedItems"],
  ["contains", "propertyNames"],
];
const MAPS: ReadonlySet<string> = new Set(["properties", "patternProperties", "dependentSchemas"]);

/** The schemas inside of a schema: those of one lane never look at the same value, those of two may. */
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

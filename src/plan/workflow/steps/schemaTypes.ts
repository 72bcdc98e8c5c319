// What a JSON Schema says about a place inside data, as far as types are concerned. When a schema does not allow a
// certain answer, everything passes, and the check at run time decides.
import { isObject, type Json, type JsonObject } from "../../../model/data/json.ts";
import type { Path } from "../../../model/data/pointer.ts";

/** `unknown`: a value may exist, and nothing is known about it. */
export type SchemaLookup =
  | { readonly found: "yes"; readonly schemas: readonly Schema[] }
  | { readonly found: "no"; readonly known: readonly string[] }
  | { readonly found: "unknown" };

/** A schema with the root into which its `$ref` point. */
interface Schema {
  readonly node: JsonObject;
  readonly root: JsonObject;
}

const UNKNOWN: SchemaLookup = { found: "unknown" };
const DEPTH_LIMIT = 32;

export function schemaAt(root: JsonObject, path: Path): SchemaLookup {
  let at: readonly Schema[] = [{ node: root, root }];
  for (const key of path) {
    const steps = at.flatMap(alternatives).map((schema) => below(schema, String(key)));
    const found = steps.flatMap((one) => (one.found === "yes" ? one.schemas : []));
    if (found.length === 0) return steps.find((one) => one.found === "unknown") ?? steps[0] ?? UNKNOWN;
    at = steps.some((one) => one.found === "unknown") ? [] : found;
    if (at.length === 0) return UNKNOWN;
  }
  return { found: "yes", schemas: at };
}

function below({ node, root }: Schema, key: string): SchemaLookup {
  const yes = (schema: Json | undefined): SchemaLookup =>
    isObject(schema) ? { found: "yes", schemas: [{ node: schema, root }] } : UNKNOWN;
  const { properties, additionalProperties, patternProperties, items, prefixItems, allOf, type } = node;
  if (Array.isArray(allOf)) return UNKNOWN;
  if (isObject(items) || Array.isArray(prefixItems)) {
    const fixed =
      Array.isArray(prefixItems) && /^\d+$/.test(key) ? (prefixItems[Number(key)] as Json | undefined) : undefined; // items of JSON
    if (/^\d+$/.test(key)) return yes(fixed ?? items);
    return isObject(properties) ? UNKNOWN : { found: "no", known: ["0", "1", "…"] };
  }
  if (isObject(properties) && Object.hasOwn(properties, key)) return yes(properties[key]);
  if (isObject(additionalProperties)) return yes(additionalProperties);
  if (additionalProperties === true || patternProperties !== undefined) return UNKNOWN;
  if (isObject(properties)) return { found: "no", known: Object.keys(properties) };
  const scalar = typeof type === "string" && type !== "object" && type !== "array";
  return scalar || additionalProperties === false ? { found: "no", known: [] } : UNKNOWN;
}

/** The schema itself, or its alternatives. */
function alternatives(schema: Schema, depth = 0): readonly Schema[] {
  const node = follow(schema);
  const list = node["anyOf"] ?? node["oneOf"];
  if (!Array.isArray(list) || depth >= DEPTH_LIMIT) return [{ node, root: schema.root }];
  return list.flatMap((one: Json) => (isObject(one) ? alternatives({ node: one, root: schema.root }, depth + 1) : []));
}

function follow({ node, root }: Schema): JsonObject {
  let at = node;
  for (let hops = 0; hops < DEPTH_LIMIT; hops++) {
    const reference = at["$ref"];
    if (typeof reference !== "string") return at;
    const keys = reference === "#" ? [] : reference.replace(/^#\//, "").split("/");
    let target: Json | undefined = root;
    for (const key of keys) target = isObject(target) && Object.hasOwn(target, key) ? target[key] : undefined;
    if (!isObject(target)) return {};
    at = target;
  }
  return {};
}

/** The types that a value at this place may have, in JSON's words; `null` when any type is possible. */
export function typesAt(place: SchemaLookup): ReadonlySet<string> | null {
  if (place.found !== "yes") return null;
  const sets = place.schemas.flatMap((one) => alternatives(one)).map(({ node }) => typesOf(node));
  if (sets.length === 0 || sets.includes(null)) return null;
  return new Set(sets.flatMap((one) => [...(one ?? [])]));
}

/** All values that the place may have; `null` when they are not known. */
export function valuesAt(place: SchemaLookup): readonly Json[] | null {
  if (place.found !== "yes") return null;
  const lists = place.schemas
    .flatMap((one) => alternatives(one))
    .map(({ node }) => (node["const"] === undefined ? node["enum"] : [node["const"]]));
  const known = lists.flatMap((one) => (Array.isArray(one) ? (one as readonly Json[]) : [])); // isArray loses what Json says of its items
  return lists.length > 0 && lists.every((one) => Array.isArray(one)) ? known : null;
}

function typesOf(node: JsonObject): ReadonlySet<string> | null {
  const { type, const: only, enum: values } = node;
  if (typeof type === "string") return new Set([type]);
  if (Array.isArray(type)) return new Set(type.map(String));
  if (only !== undefined) return new Set([typeWord(only)]);
  return Array.isArray(values) ? new Set(values.map(typeWord)) : null;
}

function typeWord(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}

/** False only when no value of one type can ever be a value of the other. */
export function mayFit(from: ReadonlySet<string> | null, to: ReadonlySet<string> | null): boolean {
  if (from === null || to === null) return true;
  const wide = (types: ReadonlySet<string>): ReadonlySet<string> =>
    new Set([...types].map((type) => (type === "integer" ? "number" : type)));
  const accepted = wide(to);
  return [...wide(from)].some((type) => accepted.has(type));
}

// Checks a schema before it is compiled: size, nesting, references, keywords and patterns that would make the compiler
// or a later check take too much time or memory. A schema that passes may still be slow to compile; trySchema.ts finds
// that.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { toPointer } from "../../model/data/pointer.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import { branchingOf, isCircular, MOST_BRANCHES } from "./branching.ts";

const SCHEMA_LIMITS = { bytes: 64 * 1024, properties: 200, all: 500, depth: 32, unique: 1_000 } as const;

interface Pattern {
  readonly pattern: string;
  /** JSON Pointer from the root of the schema. */
  readonly pointer: string;
}

interface Walk {
  readonly problems: Problem[];
  readonly patterns: Pattern[];
  properties: number;
}

type Path = readonly (string | number)[];

/**
 * `base`: JSON Pointer of the schema in the registration. A schema without problems may be compiled, with a time limit.
 */
export function guardSchema(schema: JsonObject, base: string): readonly Problem[] {
  const bytes = Buffer.byteLength(JSON.stringify(schema));
  if (bytes > SCHEMA_LIMITS.bytes) return [tooLarge(base, bytes, "bytes")];
  const walk = walked(schema);
  const { type } = schema;
  // Inputs and outputs are objects. A schema for another type would accept none of them.
  if (type !== undefined && [type].flat().every((one) => NO_OBJECT.has(one)))
    walk.problems.push(problem("SchemaNotObject", "/type"));
  if (walk.problems.length === 0) checkBranching(schema, walk);
  if (walk.properties > SCHEMA_LIMITS.all) walk.problems.push(tooLarge("", walk.properties, "propertiesInAll"));
  return walk.problems.slice(0, 20).map((one) => ({ ...one, pointer: base + one.pointer }));
}

const NO_OBJECT: ReadonlySet<Json> = new Set(["string", "number", "integer", "boolean", "array", "null"]);

const LIMIT_OF = {
  bytes: SCHEMA_LIMITS.bytes,
  propertiesInAll: SCHEMA_LIMITS.all,
  propertiesOfObject: SCHEMA_LIMITS.properties,
  levels: SCHEMA_LIMITS.depth,
} as const;

/** The patterns of a schema. tryThread.ts compiles them with RE2, because nested repetitions take long to compile. */
export function patternsOf(schema: JsonObject): readonly Pattern[] {
  return walked(schema).patterns;
}

function walked(schema: JsonObject): Walk {
  const walk: Walk = { problems: [], patterns: [], properties: 0 };
  visit(schema, [], walk);
  return walk;
}

function checkBranching(schema: JsonObject, walk: Walk): void {
  if (isCircular(schema)) return void walk.problems.push(problem("SchemaCircular", ""));
  const branching = branchingOf(schema);
  if (branching.kind === "endless") walk.problems.push(problem("SchemaEndless", ""));
  else if (branching.count > MOST_BRANCHES) walk.problems.push(problem("SchemaBranches", "", { limit: MOST_BRANCHES }));
}

function tooLarge(pointer: string, count: number, what: keyof typeof LIMIT_OF): Problem {
  return problem("SchemaTooLarge", pointer, { count, what, limit: LIMIT_OF[what] });
}

function visit(value: Json | undefined, path: Path, walk: Walk): void {
  if (walk.problems.length >= 20) return;
  // The limit is doubled: a level of a schema is two levels of JSON (`properties` and the name of the field).
  if (path.length > SCHEMA_LIMITS.depth * 2) {
    walk.problems.push(tooLarge(toPointer(path), path.length / 2, "levels"));
    return;
  }
  if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index], walk);
  if (!isObject(value)) return;
  checkNode(value, path, walk);
  for (const [key, inner] of Object.entries(value)) if (!isData(key, path)) visit(inner, [...path, key], walk);
}

/** The values of these keywords are data, not schemas: an example may have a field called `$ref`. */
const DATA = new Set(["const", "default", "examples", "enum"]);

function isData(key: string, path: Path): boolean {
  return DATA.has(key) && path.at(-1) !== "properties";
}

function checkNode(node: JsonObject, path: Path, walk: Walk): void {
  const { properties, pattern } = { properties: node["properties"], pattern: node["pattern"] };
  if (isObject(properties) && path.at(-1) !== "properties") {
    const count = Object.keys(properties).length;
    // In JavaScript `__proto__` is the prototype and not a field, so other programs may treat such an input wrongly.
    if (Object.hasOwn(properties, "__proto__"))
      walk.problems.push(problem("SchemaKeyword", toPointer([...path, "properties"]), { keyword: "__proto__" }));
    walk.properties += count;
    if (count > SCHEMA_LIMITS.properties)
      walk.problems.push(tooLarge(toPointer([...path, "properties"]), count, "propertiesOfObject"));
  }
  // Keywords that change how the schema is compiled: asynchronous checks, other vocabularies, and other targets of
  // references.
  for (const key of ["$async", "$id", "$anchor", "$dynamicAnchor", "$recursiveRef", "$vocabulary"])
    if (node[key] !== undefined && path.at(-1) !== "properties" && !(key === "$id" && path.length === 0))
      walk.problems.push(problem("SchemaKeyword", toPointer([...path, key]), { keyword: key }));
  if (node["uniqueItems"] === true && !(Number(node["maxItems"]) <= SCHEMA_LIMITS.unique))
    walk.problems.push(
      problem("SchemaUniqueUnbounded", toPointer([...path, "uniqueItems"]), { limit: SCHEMA_LIMITS.unique }),
    );
  for (const key of ["$ref", "$dynamicRef"]) {
    const reference = node[key];
    if (typeof reference === "string" && !/^#(\/\$defs\/[^/]+)?$/.test(reference))
      walk.problems.push(
        problem("SchemaRemoteReference", toPointer([...path, key]), { reference: reference.slice(0, 100) }),
      );
  }
  if (typeof pattern === "string" && path.at(-1) !== "properties") {
    if (typeof node["maxLength"] !== "number")
      walk.problems.push(problem("SchemaPatternUnbounded", toPointer([...path, "pattern"])));
    walk.patterns.push({ pattern, pointer: toPointer([...path, "pattern"]) });
  }
  const patterns = node["patternProperties"];
  if (isObject(patterns))
    for (const pattern of Object.keys(patterns))
      walk.patterns.push({ pattern, pointer: toPointer([...path, "patternProperties"]) });
}

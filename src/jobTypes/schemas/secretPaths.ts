// Finds the values that a schema marks as secret: `x-ui: {secret: true}`, `writeOnly: true` or `format: password`. It
// follows only plain properties and items: a field behind alternatives would be secret for some values only. A
// registration with a mark in another place, or on a field that is not a text, is refused.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { type Path, toPointer } from "../../model/data/pointer.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";

/** Paths of the secret values. In a reference (`$from`), only its default can be a secret value. */
export function secretPaths(schema: JsonObject, value: Json): readonly Path[] {
  return [...walk(schema, value, [])];
}

function* walk(schema: Json | undefined, value: Json | undefined, path: Path): Iterable<Path> {
  if (!isObject(schema) || value === undefined) return;
  if (isReference(value)) yield* walk(schema, isObject(value) ? value["default"] : undefined, [...path, "default"]);
  else if (isSecret(schema)) yield path;
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* walk(schema["items"], item, [...path, index]);
  else if (isObject(value) && isObject(schema["properties"]))
    for (const [name, inner] of Object.entries(schema["properties"]))
      if (Object.hasOwn(value, name)) yield* walk(inner, value[name], [...path, name]);
}

/** Whether each possible value at this path is secret. */
export function isSecretAt(schema: JsonObject, path: Path): boolean {
  let at: Json | undefined = schema;
  for (const key of path) {
    if (!isObject(at)) return false;
    if (isSecret(at)) return true;
    const { properties, items }: JsonObject = at;
    const name = String(key);
    if (isObject(properties)) at = Object.hasOwn(properties, name) ? properties[name] : undefined;
    else at = /^\d+$/.test(name) ? items : undefined;
  }
  return isObject(at) && isSecret(at);
}

export function hasSecrets(schema: JsonObject): boolean {
  return [...marks(schema, [], true)].length > 0;
}

/** Problems of marks that would have no effect. */
export function secretProblems(schema: JsonObject, base: string): readonly Problem[] {
  return [...marks(schema, [], true)].flatMap(({ path, node, plain }) => {
    const pointer = base + toPointer(path);
    if (!plain) return [problem("SecretHidden", pointer)];
    return node["type"] === "string" ? [] : [problem("SecretNotText", pointer)];
  });
}

interface Mark {
  readonly path: Path;
  readonly node: JsonObject;
  readonly plain: boolean;
}

/** The values of these keywords are data, not schemas, so a mark in them has no meaning. */
const DATA: ReadonlySet<string> = new Set(["const", "default", "enum", "examples", "x-ui", "x-i18n"]);

function* marks(node: Json, path: Path, plain: boolean): Iterable<Mark> {
  if (Array.isArray(node)) for (const [index, one] of node.entries()) yield* marks(one, [...path, index], false);
  if (!isObject(node)) return;
  if (isSecret(node)) yield { path, node, plain };
  for (const [key, inner] of Object.entries(node)) {
    if (inner === undefined || DATA.has(key)) continue;
    if (key === "properties" && isObject(inner))
      for (const [name, property] of Object.entries(inner)) yield* marks(property ?? null, [...path, key, name], plain);
    else yield* marks(inner, [...path, key], plain && key === "items");
  }
}

function isSecret(schema: JsonObject): boolean {
  const ui = schema["x-ui"];
  return (isObject(ui) && ui["secret"] === true) || schema["writeOnly"] === true || schema["format"] === "password";
}

function isReference(value: Json): boolean {
  return isObject(value) && Object.hasOwn(value, "$from");
}

// Which values of an input are secret, by its schema: `x-ui: {secret: true}`, `writeOnly: true` or `format: password`. Only through plain
// properties and items: a secret behind alternatives would be one sometimes, and that is not how secrets are kept.
import { isObject, type Json, type JsonObject } from "../../model/json.ts";
import type { Path } from "../../model/pointer.ts";

export function secretPaths(schema: JsonObject, value: Json): readonly Path[] {
  return [...walk(schema, value, [])];
}

function* walk(schema: Json | undefined, value: Json | undefined, path: Path): Iterable<Path> {
  // What another step gives is not here yet: it comes from where it was no secret.
  if (!isObject(schema) || value === undefined || isReference(value)) return;
  if (isSecret(schema)) yield path;
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* walk(schema["items"], item, [...path, index]);
  else if (isObject(value) && isObject(schema["properties"]))
    for (const [name, inner] of Object.entries(schema["properties"]))
      if (Object.hasOwn(value, name)) yield* walk(inner, value[name], [...path, name]);
}

function isSecret(schema: JsonObject): boolean {
  const ui = schema["x-ui"];
  return (isObject(ui) && ui["secret"] === true) || schema["writeOnly"] === true || schema["format"] === "password";
}

function isReference(value: Json): boolean {
  return isObject(value) && Object.hasOwn(value, "$from");
}

// Embeds the JSON Schema of a definition into a larger one.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Localized } from "../../model/data/text.ts";

/** Puts the schema under `key` and its own definitions next to it, and changes its references accordingly. */
export function embedSchema(
  key: string,
  definition: { readonly name: string; readonly summary: Localized },
  whole: JsonObject,
): JsonObject {
  const { $schema: _dropped, $defs, ...schema } = whole;
  const inner = isObject($defs) ? Object.entries($defs) : [];
  const own = { title: definition.name, description: definition.summary.en, ...schema };
  return Object.fromEntries([
    [key, moveReferences(own, key)],
    ...inner.map(([name, value]) => [`${key}.${name}`, moveReferences(value ?? {}, key)]),
  ]);
}

function moveReferences(value: Json, key: string): Json {
  if (Array.isArray(value)) return value.map((inner: Json) => moveReferences(inner, key));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => {
    if (name !== "$ref" || typeof inner !== "string") return [name, moveReferences(inner ?? null, key)];
    return [name, inner.replace(/^#(\/\$defs\/(.*))?$/, (_all, _path, local?: string) => target(key, local))];
  });
  return Object.fromEntries(entries);
}

function target(key: string, local: string | undefined): string {
  return local === undefined ? `#/$defs/${key}` : `#/$defs/${key}.${local}`;
}

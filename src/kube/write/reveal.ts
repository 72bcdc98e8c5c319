// The only place where sealed values are opened before they are sent to a cluster. The server's responses may quote
// what was sent, so this file also returns a function that masks every opened value in a text.
import { isObject, type JsonObject } from "../../model/data/json.ts";
import { MASK, mapStrings, SHORTEST_HIDDEN } from "../../model/document/sealed.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";

interface Revealed {
  readonly object: Manifest;
  readonly mask: (text: string) => string;
}

export function revealObject(object: Manifest, reveal: (text: string) => string): Revealed {
  const opened = new Set<string>();
  const open = (text: string): string => {
    const value = reveal(text);
    if (value !== text) opened.add(value);
    return value;
  };
  const revealed = mapStrings(object, open) as Manifest; // only strings changed, so it still has the shape of a manifest
  const forms = [...opened]
    .flatMap(formsOf)
    .filter((form) => form.length >= SHORTEST_HIDDEN)
    .sort((a, b) => b.length - a.length);
  const mask = (text: string): string => {
    if (opened.size === 0) return text;
    return forms.reduce(
      (masked, form) => masked.replaceAll(form, MASK),
      text.replace(/(Invalid|Unsupported|Duplicate) value: ("(?:[^"\\]|\\.)*"|\S+)/g, `$1 value: ${MASK}`),
    );
  };
  return { object: revealed, mask };
}

/**
 * The forms in which a value may be quoted: as it is, escaped as JSON and Go do it, in base64 as in a Secret, and each
 * of its lines.
 */
function formsOf(value: string): readonly string[] {
  const quoted = JSON.stringify(value).slice(1, -1);
  const lines = value
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.length >= SHORTEST_HIDDEN * 2);
  return [...new Set([value, quoted, Buffer.from(value).toString("base64"), ...lines])];
}

/** The object as the server stores it: `stringData` is write-only and becomes base64 under `data`. */
export function asStored(object: Manifest): JsonObject {
  const { stringData, ...rest } = object;
  if (object.kind !== "Secret" || !isObject(stringData)) return object;
  const encoded = Object.entries(stringData).map(
    ([key, value]) => [key, Buffer.from(typeof value === "string" ? value : "").toString("base64")] as const,
  );
  const data = isObject(object["data"]) ? object["data"] : {};
  return { ...rest, data: { ...data, ...Object.fromEntries(encoded) } };
}

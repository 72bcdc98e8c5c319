// The one place where sealed values are opened, and the guard that none of them comes back in words: what the server answers may quote
// what we sent, so every opened value is masked in it.
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
  const revealed = mapStrings(object, open) as Manifest; // only strings changed, the shape is a manifest's
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

/** In clear, as JSON and Go quote it, in base64 as Secrets carry it, and line by line. */
function formsOf(value: string): readonly string[] {
  const quoted = JSON.stringify(value).slice(1, -1);
  const lines = value
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.length >= SHORTEST_HIDDEN * 2);
  return [...new Set([value, quoted, Buffer.from(value).toString("base64"), ...lines])];
}

/** stringData is write-only: the server keeps it as base64 under data. For comparing with what it holds. */
export function asStored(object: Manifest): JsonObject {
  const { stringData, ...rest } = object;
  if (object.kind !== "Secret" || !isObject(stringData)) return object;
  const encoded = Object.entries(stringData).map(
    ([key, value]) => [key, Buffer.from(typeof value === "string" ? value : "").toString("base64")] as const,
  );
  const data = isObject(object["data"]) ? object["data"] : {};
  return { ...rest, data: { ...data, ...Object.fromEntries(encoded) } };
}

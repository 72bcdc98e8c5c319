// Which values of a document are secret. A definition names their paths. A definition may throw on a malformed
// document: then the whole data is treated as secret.
import type { Json } from "../../model/data/json.ts";
import { type Path, toPointer } from "../../model/data/pointer.ts";
import { MASK } from "../../model/document/sealed.ts";
import type { Problem } from "../../model/problems/problem.ts";
import { clip, valueAt } from "./valueWords.ts";

interface KeepsSecrets {
  readonly secrets?: (data: Json) => readonly Path[];
}

export function secretPaths(definition: KeepsSecrets, data: Json): readonly Path[] {
  try {
    return definition.secrets?.(data) ?? [];
  } catch {
    return [[]];
  }
}

/**
 * Removes secret values from problems about `data`, whose root is at the pointer `base`: at secret paths, and in every
 * text that quotes one.
 */
export function maskSecrets(
  problems: readonly Problem[],
  definition: KeepsSecrets,
  at: { readonly data: Json; readonly base: string },
): Problem[] {
  const paths = secretPaths(definition, at.data);
  if (paths.length === 0) return [...problems];
  const pointers = new Set(paths.map((path) => at.base + toPointer(path)));
  const texts = quotedTexts(
    problems,
    paths.flatMap((path) => leaves(valueAt(at.data, path))),
  );
  return problems.map((one) => {
    const secret = isWithin(one.pointer, pointers);
    const params = Object.entries(one.params).map(([key, param]) => {
      return [key, secret && key === "value" ? MASK : withoutTexts(param, texts)] as const;
    });
    const { nearest, ...rest } = one;
    const keep = nearest !== undefined && !secret && withoutTexts(nearest, texts) === nearest;
    return { ...rest, ...(keep ? { nearest } : {}), params: Object.fromEntries(params) };
  });
}

function isWithin(pointer: string, roots: ReadonlySet<string>): boolean {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
    if (roots.has(at)) return true;
    if (at === "") return false;
  }
}

/** Of perhaps thousands of secrets, the few that occur in any of the problems. */
function quotedTexts(problems: readonly Problem[], secrets: readonly string[]): readonly string[] {
  const quoted = new Set(problems.flatMap((one) => [...Object.values(one.params).map(String), one.nearest ?? ""]));
  const all = [...quoted].join("\n");
  return [...new Set(secrets.flatMap(spellings))].filter((text) => all.includes(text));
}

/** The forms in which a problem may quote a text: whole, escaped, cut. */
function spellings(text: string): string[] {
  return [text, JSON.stringify(text).slice(1, -1), clip(text), JSON.stringify(clip(text)).slice(1, -1)];
}

// Short secrets are only masked where they are the whole text: masking every "a" would reveal more than it hides.
function withoutTexts(param: string | number, texts: readonly string[]): string | number {
  let result = String(param);
  for (const text of texts) {
    if (text === "") continue;
    if (result === text || result === JSON.stringify(text)) return MASK;
    if (text.length >= 4) result = result.replaceAll(text, MASK);
  }
  return result === String(param) ? param : result;
}

function leaves(value: Json | undefined): string[] {
  if (value === undefined || value === null) return [];
  return typeof value === "object" ? Object.values(value).flatMap(leaves) : [String(value)];
}

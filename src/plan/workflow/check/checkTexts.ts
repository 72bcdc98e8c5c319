// Finds texts in a step's properties that look like a template. Texts are not templates: only a whole value can be a
// reference. Such a text is passed on as it is written, so the author gets a warning.
import { isObject, type Json } from "../../../model/data/json.ts";
import { type Path, toPointer } from "../../../model/data/pointer.ts";
import { type Problem, warning } from "../../../model/problems/problem.ts";
import { clip } from "../../fields/valueWords.ts";
import type { StepDraft } from "./stepDraft.ts";

const ROOTS = "(?:inputs|steps|components|item|run)";
/**
 * Matches `${inputs.host}`, `${/inputs/host}` and `{{ inputs.host }}`, but not `${item}`, which may be a variable of a
 * shell.
 */
const TEMPLATE = new RegExp(`\\$\\{\\s*(?:/${ROOTS}\\b|${ROOTS}[./])[^}]*\\}|\\{\\{\\s*/?${ROOTS}\\b[^}]*\\}\\}`);

export function textsLikeTemplates({ kind, raw, pointer }: StepDraft): readonly Problem[] {
  if (kind !== "job") return [];
  return textsIn(raw["properties"], []).flatMap(({ text, path }) => {
    const found = TEMPLATE.exec(text)?.[0];
    return found === undefined
      ? []
      : [warning("TextIsNoTemplate", `${pointer}/properties${toPointer(path)}`, { text: clip(found) })];
  });
}

interface Placed {
  readonly text: string;
  readonly path: Path;
}

function textsIn(value: Json | undefined, path: Path): readonly Placed[] {
  if (typeof value === "string") return [{ text: value, path }];
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => textsIn(item, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}

// Masks secret values in the line of a document that is printed under a problem, because terminal output often ends up
// in the logs of pipelines.
import type { Catalog } from "../../catalog/catalog.ts";
import { isObject } from "../../model/data/json.ts";
import { MASK } from "../../model/document/sealed.ts";
import { sealDocument } from "../../plan/components/seal.ts";
import { readDocument } from "../../plan/read/read.ts";

/** Returns a function that masks the secret values in a line of this text. */
export function excerptOf(text: string, catalog: Catalog): (line: string) => string {
  const read = readDocument(text, "auto");
  // If the text is not a document, it is unknown which parts are secret. Only its structure is shown.
  if (!read.ok || !isObject(read.value)) return structureOf;
  const values = new Set<string>();
  sealDocument(read.value, catalog, (value) => {
    for (const line of [value, ...value.split("\n")]) if (line.trim() !== "") values.add(line.trim());
    return value;
  });
  const longestFirst = [...values].sort((a, b) => b.length - a.length);
  return (line) => longestFirst.reduce((shown, value) => shown.replaceAll(matcher(value), MASK), line);
}

/** Values shorter than this are masked only where a whole value can be, because they also occur inside other words. */
const SHORT = 4;
const SPECIAL = /[.*+?^${}()|[\]\\]/g;

function matcher(value: string): string | RegExp {
  if (value.length >= SHORT) return value;
  return new RegExp(`(?<=^|[\\s"'{[,:])${value.replaceAll(SPECIAL, "\\$&")}(?=$|[\\s"'}\\],])`, "g");
}

/**
 * Keeps keys and punctuation, so that the caret points at the right place, and replaces all other characters by dots.
 */
function structureOf(line: string): string {
  const [, key = "", rest = ""] = /^(\s*(?:- )?["']?[\w.$/-]+["']?\s*:|\s*-?\s*)(.*)$/s.exec(line) ?? ["", "", line];
  return key + rest.replace(/[^\s{}[\]:,"'&*|>#!%@`-]/g, "•");
}

// The user's own line under a problem, without secrets: what a terminal shows ends up in the logs of pipelines.
import type { Catalog } from "../../catalog/catalog.ts";
import { isObject } from "../../model/data/json.ts";
import { MASK } from "../../model/document/sealed.ts";
import { sealDocument } from "../../plan/components/seal.ts";
import { readDocument } from "../../plan/read/read.ts";

/** Makes lines of this text fit to be shown. */
export function excerptOf(text: string, catalog: Catalog): (line: string) => string {
  const read = readDocument(text, "auto");
  // Nobody can say which parts of a text that is no document are secret: only its structure is shown.
  if (!read.ok || !isObject(read.value)) return structureOf;
  const values = new Set<string>();
  sealDocument(read.value, catalog, (value) => {
    for (const line of [value, ...value.split("\n")]) if (line.trim() !== "") values.add(line.trim());
    return value;
  });
  const longestFirst = [...values].sort((a, b) => b.length - a.length);
  return (line) => longestFirst.reduce((shown, value) => shown.replaceAll(matcher(value), MASK), line);
}

/** A short value is a part of many words: it is looked for where a value stands, so that the rest of the line can be read. */
const SHORT = 4;
const SPECIAL = /[.*+?^${}()|[\]\\]/g;

function matcher(value: string): string | RegExp {
  if (value.length >= SHORT) return value;
  return new RegExp(`(?<=^|[\\s"'{[,:])${value.replaceAll(SPECIAL, "\\$&")}(?=$|[\\s"'}\\],])`, "g");
}

/** Keys and punctuation stay, so that the caret still points at something; what stands for values is dotted out. */
function structureOf(line: string): string {
  const [, key = "", rest = ""] = /^(\s*(?:- )?["']?[\w.$/-]+["']?\s*:|\s*-?\s*)(.*)$/s.exec(line) ?? ["", "", line];
  return key + rest.replace(/[^\s{}[\]:,"'&*|>#!%@`-]/g, "•");
}

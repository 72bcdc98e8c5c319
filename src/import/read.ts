// Reads the documents in a text in the way of the original tools: several YAML documents, merge keys, octal numbers.
// kubemin's own documents are read more strictly (src/plan/read/read.ts). Messages of the parser are never shown,
// because they may quote a secret.
import { type Document, isAlias, isNode, LineCounter, parseAllDocuments, type ScalarTag } from "yaml";
import type { Json } from "../model/data/json.ts";
import type { Path } from "../model/data/pointer.ts";
import { LIMITS } from "../model/document/document.ts";
import { brokenRule, type Problem, problem } from "../model/problems/problem.ts";

export interface InputDocument {
  readonly value: Json;
  /** The line of a path, from 1; `undefined` for a value that comes from an alias or a merge key. */
  readonly line: (path: Path) => number | undefined;
}

type Documents =
  | { readonly ok: true; readonly documents: readonly InputDocument[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Numbers with a leading zero are octal, because users write file modes such as 0644. */
const OCTAL: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  format: "OCT",
  test: /^0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
};

export function readDocuments(text: string): Documents {
  const lines = new LineCounter();
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const options = { lineCounter: lines, merge: true, prettyErrors: false, logLevel: "error" } as const;
  const parsed = parseAllDocuments(source, { ...options, customTags: (tags) => [OCTAL, ...tags] });
  const all: readonly Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  const faults = all.flatMap((one) => one.errors.map((error) => fault(error.code, lines.linePos(error.pos[0]))));
  if (faults.length > 0) return { ok: false, problems: faults.slice(0, 20) };
  const documents: InputDocument[] = [];
  for (const one of all) {
    const value = plain(one);
    if (value === undefined)
      return { ok: false, problems: [problem("Syntax", "", { format: "YAML", detail: "AliasBomb" })] };
    if (value !== null) documents.push({ value, line: (path) => lineOf(one, path, lines) });
  }
  if (documents.length === 0)
    return { ok: false, problems: [problem("Syntax", "", { format: "YAML", detail: "Empty" })] };
  return { ok: true, documents };
}

function fault(code: string, { line, col }: { readonly line: number; readonly col: number }): Problem {
  const twice = { en: "a key is written twice: keep one of them", zh: "键重复：请只保留一个" };
  const found =
    code === "DUPLICATE_KEY" ? brokenRule("", twice) : problem("Syntax", "", { format: "YAML", detail: "Unexpected" });
  return { ...found, line, column: col };
}

/**
 * The document as JSON; `undefined` for too many aliases or too deep nesting. Values that JSON does not have (dates,
 * NaN, undefined) become text or null.
 */
function plain(document: Document.Parsed): Json | undefined {
  try {
    // JSON.parse returns JSON.
    const value = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 1_000 }) ?? null)) as Json;
    return depthOf(value) > LIMITS.depth ? undefined : value;
  } catch {
    return undefined;
  }
}

function depthOf(value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map((inner: Json | undefined) => depthOf(inner ?? null)));
}

function lineOf(document: Document.Parsed, path: Path, lines: LineCounter): number | undefined {
  let node: unknown = document.contents;
  for (const part of path) {
    if (isAlias(node) || !isNode(node) || !("get" in node) || typeof node.get !== "function") return undefined;
    node = node.get(part, true);
  }
  const start = isNode(node) ? node.range?.[0] : undefined;
  return start === undefined ? undefined : lines.linePos(start).line;
}

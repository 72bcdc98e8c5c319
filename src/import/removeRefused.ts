// Checks the new document and removes all values that the check refuses. The source of each removed value is reported
// as not supported, with the message of the check. Therefore kubemin accepts the resulting document, whatever the input
// was, and definitions that this catalog does not have are reported. The loop ends because every round removes
// something.
import { type Json, type JsonObject } from "../model/data/json.ts";
import { fromPointer, type Path } from "../model/data/pointer.ts";
import { explainProblem, type Problem } from "../model/problems/problem.ts";
import { cut, type ImportDraft, valueAt } from "./mapping/importDraft.ts";
import { disown, type LedgerEntry } from "./mapping/ledger.ts";
import { advised, NOT_IN_CATALOG, type Words } from "./mapping/reportWords.ts";
import type { Importing } from "./mapping/rules.ts";

/** Returns the errors of a document, with pointers into it. */
export type DocumentCheck = (document: JsonObject) => readonly Problem[];

/** The document without the refused values; `undefined` when no component is left. */
export function removeRefused(importing: Importing, check: DocumentCheck): JsonObject | undefined {
  while (importing.drafts.length > 0) {
    const document = assemble(importing);
    const errors = check(document);
    if (errors.length === 0) return document;
    // Removed from the end, so that the indexes of the other errors stay valid.
    const drafts = [...importing.drafts];
    for (const problem of errors.toReversed()) dropWhatIsWrong(importing, drafts, problem);
  }
  return undefined;
}

function assemble({ head, drafts }: Importing): JsonObject {
  return { ...head.body, components: drafts.map((draft) => ordered(draft)) };
}

const ORDER = ["name", "type", "properties", "traits", "dependsOn", "timeout", "retry"];

function ordered(draft: ImportDraft): Json {
  const fields = ORDER.flatMap((key) => {
    const value = draft.body[key];
    const empty =
      value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
    return empty && key !== "properties" ? [] : [[key, value ?? {}] as const];
  });
  return Object.fromEntries(fields);
}

function dropWhatIsWrong(importing: Importing, drafts: readonly ImportDraft[], problem: Problem): void {
  const parts = fromPointer(problem.pointer);
  const words = wordsOf(problem);
  const draft = parts[0] === "components" ? drafts[Number(parts[1])] : undefined;
  if (draft === undefined) {
    const [field] = parts;
    if (field === undefined || field === "components" || field === "name") dropAll(importing, words);
    else dropPart(importing, { draft: importing.head, path: [field] }, words);
    return;
  }
  if (!importing.drafts.includes(draft)) return;
  const path = existing(draft, parts.slice(2).map(numbers));
  if (path.length < 2) dropDraft(importing, draft, words);
  else dropPart(importing, { draft, path }, words);
}

const numbers = (part: string): string | number => (/^\d+$/.test(part) ? Number(part) : part);

function existing(draft: ImportDraft, path: Path): Path {
  let length = path.length;
  while (length > 0 && valueAt(draft, path.slice(0, length)) === undefined) length--;
  return path.slice(0, length);
}

function wordsOf(problem: Problem): Words {
  if (problem.code === "UnknownComponentType") return NOT_IN_CATALOG("component type", String(problem.params["value"]));
  if (problem.code === "UnknownTrait") return NOT_IN_CATALOG("trait", String(problem.params["value"]));
  const [en, zh] = [explainProblem(problem, "en"), explainProblem(problem, "zh")];
  return advised(
    [en.message, zh.message],
    [en.hint ?? "fix it in the source, or write it by hand", zh.hint ?? "请修改原文件或手工填写"],
  );
}

function dropAll(importing: Importing, words: Words): void {
  for (const draft of importing.drafts.toReversed()) dropDraft(importing, draft, words);
}

function dropDraft(importing: Importing, draft: ImportDraft, words: Words): void {
  const at = importing.drafts.indexOf(draft);
  if (at >= 0) importing.drafts.splice(at, 1);
  for (const entry of entriesOf(importing, draft)) disown(entry, words);
}

function entriesOf({ ledger }: Importing, draft: ImportDraft): readonly LedgerEntry[] {
  return [...ledger.entries.values()].filter((entry) => entry.target?.draft === draft);
}

function dropPart(importing: Importing, { draft, path }: { draft: ImportDraft; path: Path }, words: Words): void {
  const entries = entriesOf(importing, draft);
  const below = entries.filter((entry) => startsWith(entry.target?.path, path));
  for (const entry of below.length > 0 ? below : nearestAbove(entries, path)) disown(entry, words);
  cut(draft, path);
  moveUp(entries, path);
}

/**
 * Entries of the closest parent of a refused value that has no own entry. All of them are reported, because any may be
 * the cause.
 */
function nearestAbove(entries: readonly LedgerEntry[], path: Path): readonly LedgerEntry[] {
  const depth = (entry: LedgerEntry): number => entry.target?.path.length ?? 0;
  const above = entries.filter((entry) => depth(entry) > 1 && startsWith(path, entry.target?.path ?? path));
  const deepest = Math.max(0, ...above.map(depth));
  return above.filter((entry) => depth(entry) === deepest);
}

function startsWith(path: Path | undefined, start: Path): boolean {
  return (
    path !== undefined &&
    path.length >= start.length &&
    start.every((part, index) => String(path[index]) === String(part))
  );
}

/** Corrects the indexes of entries that follow a removed item of a list. */
function moveUp(entries: readonly LedgerEntry[], path: Path): void {
  const [list, at] = [path.slice(0, -1), path.at(-1)];
  if (typeof at !== "number") return;
  for (const entry of entries) {
    const { target } = entry;
    const index = target?.path[list.length];
    if (target === undefined || typeof index !== "number" || index <= at || !startsWith(target.path, list)) continue;
    entry.target = { draft: target.draft, path: target.path.with(list.length, index - 1) };
  }
}

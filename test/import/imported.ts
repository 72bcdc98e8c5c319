// Shared code of the import tests: an import with the checks of the command line, and the rules that hold for every
// import.
import { expect } from "vitest";
import { problemsOf } from "../../src/cli/documents/offline.ts";
import type { SourceFormat } from "../../src/import/detect.ts";
import { type ImportResult, importDocument, type ReportLine } from "../../src/import/import.ts";
import { leavesOf } from "../../src/import/mapping/ledger.ts";
import { readDocuments } from "../../src/import/read.ts";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import { fromPointer, toPointer } from "../../src/model/data/pointer.ts";
import { catalog, goodPlan } from "../plan/planned.ts";

export type Imported = Extract<ImportResult, { ok: true }>;

interface Options {
  readonly format?: SourceFormat;
  readonly variables?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

export function attempt(text: string, options: Options = {}): ImportResult {
  return importDocument({
    text,
    format: options.format,
    name: "app",
    catalog,
    check: (document) => problemsOf(document, catalog),
    variables: options.variables ?? {},
    readBeside: (path) => options.files?.[path],
  });
}

export function imported(text: string, options: Options = {}): Imported {
  const result = attempt(text, options);
  if (!result.ok) throw new Error(`not imported: ${JSON.stringify(result)}`);
  return result;
}

/**
 * Checks the two promises: every leaf is reported once; and the result is a valid document that has all taken values at
 * their paths.
 */
export function holds(text: string, { document, report }: Imported): void {
  const read = readDocuments(text);
  if (!read.ok) throw new Error("unreadable");
  const values = read.documents.map(({ value }) => value);
  const input = values.length === 1 ? values[0] : values;
  const leaves = leavesOf(input).map(toPointer);
  const told = report.map((one) => one.from);
  expect(new Set(told).size, "a field is reported twice").toBe(told.length);
  expect(leaves.filter((leaf) => !told.includes(leaf))).toEqual([]);
  for (const one of report) if (one.outcome !== "taken") expect(one.words, one.from).toBeDefined();
  if (document === null) return;
  goodPlan(document);
  for (const one of report) if (one.outcome === "taken") expectTaken(one, input, document);
}

/** Expects the value itself at `to`, or the key that it became. */
function expectTaken({ from, to = "" }: ReportLine, input: unknown, document: JsonObject): void {
  const path = fromPointer(to);
  const [before, after] = [dig(input, ...fromPointer(from)), dig(document, ...path)];
  const isKey = path.at(-1) === String(before) && after !== undefined;
  if (!isKey) expect(after, `${from} -> ${to}`).toEqual(before);
}

export function outcomes(result: Imported, start: string): readonly string[] {
  return result.report
    .filter((one) => one.from.startsWith(start))
    .map((one) => `${one.outcome} ${one.from.slice(start.length)} ${one.to ?? ""}`.trim());
}

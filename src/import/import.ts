// Converts documents of other tools to a kubemin document, and reports for every field whether it was taken, changed
// (and how) or is not supported (and why, and what to do). It neither reads nor writes files; src/cli does that.
import type { Catalog } from "../catalog/catalog.ts";
import type { Json, JsonObject } from "../model/data/json.ts";
import { type Path, toPointer } from "../model/data/pointer.ts";
import type { Problem } from "../model/problems/problem.ts";
import { importCompose } from "./compose/compose.ts";
import { detect, type SourceFormat } from "./detect.ts";
import { importKubeminCli } from "./kubeminCli/kubeminCli.ts";
import { importKubevela } from "./kubevela/kubevela.ts";
import { importManifests } from "./manifests/manifests.ts";
import { newDraft } from "./mapping/importDraft.ts";
import { closeLedger, type ImportOutcome, type Ledger, type LedgerEntry } from "./mapping/ledger.ts";
import type { Words } from "./mapping/reportWords.ts";
import type { Importing } from "./mapping/rules.ts";
import { type InputDocument, readDocuments } from "./read.ts";
import { type DocumentCheck, removeRefused } from "./removeRefused.ts";

interface ImportInput {
  readonly text: string;
  /** The format of the input, or `undefined` to detect it from the text. */
  readonly format: SourceFormat | undefined;
  /** Name of the application, for inputs that do not contain one. */
  readonly name: string;
  readonly catalog: Pick<Catalog, "components" | "traits">;
  readonly check: DocumentCheck;
  readonly variables: Readonly<Record<string, string>>;
  readonly readBeside: (path: string) => string | undefined;
}

export interface ReportLine {
  readonly outcome: ImportOutcome;
  /**
   * JSON Pointer into the input. If the input has several documents, the first part is the number of the document, from
   * 0.
   */
  readonly from: string;
  /** Line of the input, from 1. */
  readonly line?: number;
  /** JSON Pointer into the new document. */
  readonly to?: string;
  readonly words?: Words;
}

export type ImportResult =
  | {
      readonly ok: true;
      readonly format: SourceFormat;
      /** The new document, or `null` when nothing of the input can be used. */
      readonly document: JsonObject | null;
      readonly report: readonly ReportLine[];
    }
  | { readonly ok: false; readonly why: "unreadable"; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly why: "unknown" | "kubemin" };

/** `documents` are the paths of the documents inside the input. */
const SOURCES: Readonly<Record<SourceFormat, (importing: Importing, documents: readonly Path[]) => void>> = {
  compose: importCompose,
  manifests: importManifests,
  kubevela: importKubevela,
  "kubemin-cli": importKubeminCli,
};

export function importDocument(input: ImportInput): ImportResult {
  const read = readDocuments(input.text);
  if (!read.ok) return { ok: false, why: "unreadable", problems: read.problems };
  const values = read.documents.map(({ value }) => value);
  const found = input.format ?? detect(values);
  if (found === undefined || found === "kubemin") return { ok: false, why: found ?? "unknown" };
  const importing = begin(input, values);
  SOURCES[found](importing, values.length === 1 ? [[]] : values.map((_, index) => [index]));
  const document = removeRefused(importing, input.check) ?? null;
  const entries = closeLedger(importing.ledger);
  return { ok: true, format: found, document, report: entries.map((one) => finding(one, importing, read.documents)) };
}

function begin(input: ImportInput, values: readonly Json[]): Importing {
  const { catalog, name, variables, readBeside } = input;
  const only = values.length === 1 ? values[0] : undefined;
  const ledger: Ledger = { input: only ?? values, entries: new Map(), filled: new Set() };
  return { catalog, ledger, head: newDraft({ name }), drafts: [], name, variables, readBeside };
}

function finding(entry: LedgerEntry, importing: Importing, documents: readonly InputDocument[]): ReportLine {
  const { path, outcome, target, words } = entry;
  const line = lineOf(path, documents);
  const to =
    target === undefined || outcome === "unsupported" ? undefined : pointerTo(target.draft, target.path, importing);
  return {
    outcome,
    from: toPointer(path),
    ...(line === undefined ? {} : { line }),
    ...(to === undefined ? {} : { to }),
    ...(words === undefined ? {} : { words }),
  };
}

function pointerTo(draft: Importing["head"], path: Path, { head, drafts }: Importing): string | undefined {
  if (draft === head) return path.length === 0 ? undefined : toPointer(path);
  const index = drafts.indexOf(draft);
  return index < 0 ? undefined : toPointer(["components", index, ...path]);
}

function lineOf(path: Path, documents: readonly InputDocument[]): number | undefined {
  if (documents.length === 1) return documents[0]?.line(path);
  const [index, ...rest] = path;
  return documents[Number(index)]?.line(rest);
}

// The results of the verdict tests in test/e2e/verdicts.json, from which tools/generate.ts makes
// docs/reference/verdicts.md. The file is written only with KUBEMIN_RECORD=1; otherwise the results of the tests must
// equal it.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Case, Seen } from "./verdicts.ts";

const FILE = resolve(import.meta.dirname, "../verdicts.json");

export interface Row {
  readonly name: Case["name"];
  readonly phase: string;
  readonly code: string;
  /** The reason at the end, if it is another one, such as a clock that ran out. */
  readonly end: string;
  readonly who: string;
  readonly en: string;
  readonly zh: string;
  readonly evidence: readonly { readonly source: string; readonly text: string }[];
  /** Whole seconds, rounded up, from the cluster's first message to kubemin's; `null` if both are the same answer. */
  readonly told: number | null;
  /** The time from the start of the run to the verdict, in whole seconds. */
  readonly settled: number;
}

export const isRecording = (): boolean => process.env["KUBEMIN_RECORD"] === "1";

export function rows(): readonly Row[] {
  return JSON.parse(readFileSync(FILE, "utf8")) as readonly Row[]; // only this file writes it
}

/** The row of this case in the table, or `undefined`. */
export const rowNamed = (name: Case["name"]): Row | undefined => rows().find((row) => row.name.en === name.en);

/** Replaces rows in their places and adds new ones at the end. */
export function record(seen: readonly Row[]): void {
  const fresh = new Map(seen.map((row) => [row.name.en, row]));
  const before = isThere() ? rows() : [];
  const kept = before.map((row) => fresh.get(row.name.en) ?? row);
  const added = seen.filter((row) => !before.some((one) => one.name.en === row.name.en));
  writeFileSync(FILE, `${JSON.stringify([...kept, ...added], null, 2)}\n`);
}

function isThere(): boolean {
  try {
    return rows().length > 0;
  } catch {
    return false;
  }
}

export function rowOf(seen: Seen, namespace: string): Row {
  const plain = (text: string): string => withoutChance(text, namespace);
  return {
    name: seen.name,
    phase: seen.phase,
    code: seen.code,
    end: seen.end,
    who: seen.who,
    en: plain(seen.en),
    zh: plain(seen.zh),
    evidence: seen.evidence.map(({ source, text }) => ({ source, text: plain(text) })),
    told: seen.told === undefined ? null : Math.max(1, Math.ceil(seen.told / 1000)),
    settled: Math.max(1, Math.round(seen.settled / 1000)),
  };
}

/** Replaces generated names, addresses and the test's namespace, which would differ each time. */
function withoutChance(text: string, namespace: string): string {
  return text
    .replaceAll(namespace, "shop")
    .replaceAll(/\b([a-z]+)-[a-z0-9]{6,10}-[a-z0-9]{5}\b/g, "$1-…")
    .replaceAll(/\b([a-z]+)-[0-9a-f]{8}(-[a-z0-9]{5})?\b/g, "$1-…")
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "…")
    .replaceAll(/sha256:[0-9a-f]{64}/g, "sha256:…");
}

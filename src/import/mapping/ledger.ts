// The ledger of an import records for every leaf of the input what happened to it. No leaf is forgotten: one without an
// entry is reported as not supported when the ledger is closed. The first entry of a leaf counts.
import { canonicalJson, dig, isObject, type Json } from "../../model/data/json.ts";
import { type Path, toPointer } from "../../model/data/pointer.ts";
import { cut, type ImportDraft, place, valueAt } from "./importDraft.ts";
import { FILLED, NO_FIELD, NOT_UNDERSTOOD, OVERRIDDEN, type Words } from "./reportWords.ts";

export type ImportOutcome = "taken" | "changed" | "unsupported";

/** A path in one of the drafts of the new document. */
interface DraftPath {
  readonly draft: ImportDraft;
  readonly path: Path;
}

export interface LedgerEntry {
  readonly path: Path;
  outcome: ImportOutcome;
  target: DraftPath | undefined;
  words: Words | undefined;
}

export interface Ledger {
  readonly input: Json;
  readonly entries: Map<string, LedgerEntry>;
  /** Pointers of leaves whose variables were replaced, so that they are reported as changed and not as taken. */
  readonly filled?: Set<string>;
}

/** The paths of all leaves: scalars, null, and empty lists and objects. */
export function leavesOf(value: unknown, at: Path = []): Path[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((inner, index) => leavesOf(inner, [...at, index]));
  if (!isObject(value) || Array.isArray(value)) return [at];
  const fields = Object.entries(value);
  return fields.length === 0 ? [at] : fields.flatMap(([key, inner]) => leavesOf(inner, [...at, key]));
}

/**
 * Writes the value and records it for every leaf under `from`: as changed with `words`, or as taken unchanged without
 * `words`.
 */
export function put(ledger: Ledger, target: DraftPath, value: Json, from: Path, words?: Words): void {
  if (target.path.length > 0 && valueAt(target.draft, target.path) !== undefined) override(ledger, target);
  place(target.draft, target.path, value);
  if (words !== undefined) return enter(ledger, from, "changed", words, () => target);
  enter(ledger, from, "taken", undefined, (rest) => ({ draft: target.draft, path: [...target.path, ...rest] }));
}

/**
 * When two fields of the input are written to the same path, the later one counts. The earlier ones are then reported
 * as not supported.
 */
function override({ entries }: Ledger, { draft, path }: DraftPath): void {
  const key = toPointer(path);
  for (const entry of entries.values())
    if (entry.target?.draft === draft && toPointer(entry.target.path) === key) disown(entry, OVERRIDDEN);
}

export function disown(entry: LedgerEntry, words: Words): void {
  if (entry.outcome === "unsupported") return;
  entry.outcome = "unsupported";
  entry.words = words;
  entry.target = undefined;
}

/**
 * Removes the value at `target`, because another field of the input decides about it. Its sources are reported as
 * changed with `words`.
 */
export function giveUp({ entries }: Ledger, target: DraftPath, words: Words, instead: Path): void {
  const key = toPointer(target.path);
  for (const entry of entries.values()) {
    if (entry.target?.draft !== target.draft || toPointer(entry.target.path) !== key) continue;
    entry.outcome = "changed";
    entry.words = words;
    entry.target = { draft: target.draft, path: instead };
  }
  cut(target.draft, target.path);
}

/**
 * Compares entries that were recorded as taken with the final document, so that the report is true even if rules
 * overwrote values.
 */
function verify({ input }: Ledger, entry: LedgerEntry): void {
  const { target, path } = entry;
  if (entry.outcome !== "taken" || target === undefined) return;
  const [before, after] = [dig(input, ...path), valueAt(target.draft, target.path)];
  const isKey = after !== undefined && target.path.at(-1) === String(before);
  if (!isKey && canonicalJson(after) !== canonicalJson(before))
    disown(entry, after === undefined ? NOT_UNDERSTOOD : OVERRIDDEN);
}

/**
 * Records what happened to the leaves under `from` without writing a value. `target` names the path where they had an
 * effect.
 */
export function say(ledger: Ledger, from: Path, outcome: ImportOutcome, words?: Words, target?: DraftPath): void {
  enter(ledger, from, outcome, words, () => target);
}

function enter(
  ledger: Ledger,
  from: Path,
  outcome: ImportOutcome,
  words: Words | undefined,
  target: (rest: Path) => DraftPath | undefined,
): void {
  const value = dig(ledger.input, ...from);
  for (const path of value === undefined ? [] : leavesOf(value, from)) {
    const key = toPointer(path);
    if (ledger.entries.has(key)) continue;
    const filled = outcome === "taken" && ledger.filled?.has(key) === true;
    const told = filled ? { outcome: "changed" as const, words: FILLED } : { outcome, words };
    ledger.entries.set(key, { path, ...told, target: target(path.slice(from.length)) });
  }
}

/** Adds a remark about a path that is not a leaf, such as a service that was renamed or a port that was guessed. */
export function remark(ledger: Ledger, at: Path, words: Words, target?: DraftPath): void {
  const key = toPointer(at);
  if (!ledger.entries.has(key)) ledger.entries.set(key, { path: at, outcome: "changed", words, target });
}

/** Adds the missing entries, checks all, and returns them in the order of the input. */
export function closeLedger(ledger: Ledger): readonly LedgerEntry[] {
  const leaves = leavesOf(ledger.input);
  for (const path of leaves) {
    const key = toPointer(path);
    if (!ledger.entries.has(key))
      ledger.entries.set(key, { path, outcome: "unsupported", words: NO_FIELD, target: undefined });
  }
  for (const entry of ledger.entries.values()) verify(ledger, entry);
  const order = new Map(leaves.map((path, index) => [toPointer(path), index]));
  const rank = (path: Path): number => order.get(toPointer(path)) ?? firstBelow(leaves, path) - 0.5;
  return [...ledger.entries.values()]
    .map((entry) => ({ entry, rank: rank(entry.path) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry);
}

/** The index of the first leaf at or below the path, or else of the first leaf below its closest parent. */
function firstBelow(leaves: readonly Path[], path: Path): number {
  const at = leaves.findIndex((leaf) => path.every((part, index) => leaf[index] === part));
  return at < 0 && path.length > 0 ? firstBelow(leaves, path.slice(0, -1)) : at;
}

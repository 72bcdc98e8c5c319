// The ledger of an import: for every leaf of the input what became of it. Nothing can be forgotten: a leaf that no rule spoke about is
// reported as not supported when the ledger is closed. The first word about a leaf counts.
import { canonicalJson, dig, isObject, type Json } from "../../model/data/json.ts";
import { type Path, toPointer } from "../../model/data/pointer.ts";
import { cut, type Draft, place, valueAt } from "./importDraft.ts";
import { FILLED, NO_FIELD, NOT_UNDERSTOOD, OVERRIDDEN, type Words } from "./reportWords.ts";

export type Outcome = "taken" | "changed" | "unsupported";

/** A place in what is being made. */
interface Target {
  readonly draft: Draft;
  readonly path: Path;
}

export interface Entry {
  readonly path: Path;
  outcome: Outcome;
  target: Target | undefined;
  words: Words | undefined;
}

export interface Ledger {
  readonly input: Json;
  readonly entries: Map<string, Entry>;
  /** Leaves whose text was filled in before it was used: they cannot be taken as they are. */
  readonly filled?: Set<string>;
}

/** Scalars, null, and lists and objects without anything in them. */
export function leavesOf(value: unknown, at: Path = []): Path[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((inner, index) => leavesOf(inner, [...at, index]));
  if (!isObject(value) || Array.isArray(value)) return [at];
  const fields = Object.entries(value);
  return fields.length === 0 ? [at] : fields.flatMap(([key, inner]) => leavesOf(inner, [...at, key]));
}

/** Writes the value and says so of every leaf under `from`. Without words the value is the input's own, unchanged. */
export function put(ledger: Ledger, target: Target, value: Json, from: Path, words?: Words): void {
  if (target.path.length > 0 && valueAt(target.draft, target.path) !== undefined) override(ledger, target);
  place(target.draft, target.path, value);
  if (words !== undefined) return enter(ledger, from, "changed", words, () => target);
  enter(ledger, from, "taken", undefined, (rest) => ({ draft: target.draft, path: [...target.path, ...rest] }));
}

/** Two fields of the input for one of ours: the later one counts, and the earlier ones are told so. */
function override({ entries }: Ledger, { draft, path }: Target): void {
  const key = toPointer(path);
  for (const entry of entries.values())
    if (entry.target?.draft === draft && toPointer(entry.target.path) === key) disown(entry, OVERRIDDEN);
}

export function disown(entry: Entry, words: Words): void {
  if (entry.outcome === "unsupported") return;
  entry.outcome = "unsupported";
  entry.words = words;
  entry.target = undefined;
}

/** Something else of the input decides about this place: what stood there goes, and its sources are told so. */
export function giveUp({ entries }: Ledger, target: Target, words: Words, instead: Path): void {
  const key = toPointer(target.path);
  for (const entry of entries.values()) {
    if (entry.target?.draft !== target.draft || toPointer(entry.target.path) !== key) continue;
    entry.outcome = "changed";
    entry.words = words;
    entry.target = { draft: target.draft, path: instead };
  }
  cut(target.draft, target.path);
}

/** What was said to be taken, held against what is there in the end: whatever rules do to each other's values, the report stays true. */
function verify({ input }: Ledger, entry: Entry): void {
  const { target, path } = entry;
  if (entry.outcome !== "taken" || target === undefined) return;
  const [before, after] = [dig(input, ...path), valueAt(target.draft, target.path)];
  const isKey = after !== undefined && target.path.at(-1) === String(before);
  if (!isKey && canonicalJson(after) !== canonicalJson(before))
    disown(entry, after === undefined ? NOT_UNDERSTOOD : OVERRIDDEN);
}

/** Says what became of the leaves under `from` without writing anything: the place where they had an effect may be named. */
export function say(ledger: Ledger, from: Path, outcome: Outcome, words?: Words, target?: Target): void {
  enter(ledger, from, outcome, words, () => target);
}

function enter(
  ledger: Ledger,
  from: Path,
  outcome: Outcome,
  words: Words | undefined,
  target: (rest: Path) => Target | undefined,
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

/** Something worth saying about a place that is no leaf: a service that had to be renamed, a port that had to be guessed. */
export function remark(ledger: Ledger, at: Path, words: Words, target?: Target): void {
  const key = toPointer(at);
  if (!ledger.entries.has(key)) ledger.entries.set(key, { path: at, outcome: "changed", words, target });
}

/** All entries in the order of the input, once every leaf has one. */
export function closeLedger(ledger: Ledger): readonly Entry[] {
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

/** Of a place that the input does not have: the first leaf near it. */
function firstBelow(leaves: readonly Path[], path: Path): number {
  const at = leaves.findIndex((leaf) => path.every((part, index) => leaf[index] === part));
  return at < 0 && path.length > 0 ? firstBelow(leaves, path.slice(0, -1)) : at;
}

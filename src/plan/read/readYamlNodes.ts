// Converts the parsed tree of a YAML document to plain values and their places. It resolves aliases itself, with a
// budget, because the library searches each anchor from the start of the document and does not limit the size of what
// it expands.
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { isExactNumber } from "../../model/data/json.ts";
import { toPointer } from "../../model/data/pointer.ts";
import { LIMITS } from "../../model/document/document.ts";
import { problem } from "../../model/problems/problem.ts";
import type { SyntaxDetail } from "../../model/problems/syntax.ts";
import type { SourceOffsets } from "./locate.ts";
import { tooDeep } from "./readLimits.ts";
import type { ReadFault } from "./textReading.ts";

/** The allowed cost of everything that aliases repeat: one per node plus the length of its text. */
const ALIAS_BUDGET = 256 * 1024;

interface Walk {
  readonly faults: ReadFault[];
  readonly anchors: Map<string, Node>;
  /** Anchored nodes that are being expanded now; an alias of one of them is circular. */
  readonly open: Set<Node>;
  readonly path: (string | number)[];
  budget: number;
  /** The number of aliases around the current node. */
  aliases: number;
  /** The offset of the alias. Faults inside an alias are reported there. */
  aliasOffset: number;
}

interface Found {
  readonly value: unknown;
  readonly place: SourceOffsets;
}

export function readNodes(root: ParsedNode | null): Found & { readonly faults: readonly ReadFault[] } {
  const walk: Walk = {
    faults: [],
    anchors: new Map(),
    open: new Set(),
    path: [],
    budget: ALIAS_BUDGET,
    aliases: 0,
    aliasOffset: 0,
  };
  return { ...visit(walk, root, 0), faults: walk.faults };
}

function visit(walk: Walk, node: Node | null, start: number): Found {
  if (node === null) return { value: null, place: { start } };
  if (isAlias(node)) return visitAlias(walk, node, start);
  if (walk.path.length >= LIMITS.depth && !isScalar(node)) {
    walk.faults.push({ problem: tooDeep(toPointer(walk.path)), offset: offsetOf(walk, node, start) });
    return { value: null, place: { start } };
  }
  if (!pay(walk, node, start)) return { value: null, place: { start } };
  if ("anchor" in node && typeof node.anchor === "string") walk.anchors.set(node.anchor, node);
  walk.open.add(node);
  const found = visitContent(walk, node, start);
  walk.open.delete(node);
  return found;
}

function visitContent(walk: Walk, node: Node, start: number): Found {
  if (isMap(node)) return visitMap(walk, node, start);
  if (isSeq(node)) return visitSequence(walk, node, start);
  const value = isScalar(node) ? node.value : null;
  if (typeof value === "number" && !Number.isFinite(value)) fault(walk, "NotFinite", offsetOf(walk, node, start));
  else if (isScalar(node) && typeof value === "number" && !isExactNumber(node.source ?? ""))
    fault(walk, "NotExact", offsetOf(walk, node, start));
  return { value: isPlain(value) ? value : null, place: { start } };
}

function visitMap(walk: Walk, map: YAMLMap, start: number): Found {
  const value: Record<string, unknown> = {};
  const children = new Map<string, SourceOffsets>();
  for (const pair of map.items) {
    // Both are nodes or null in a parsed tree; the library's type does not say so.
    const [keyNode, valueNode] = [pair.key as Node | null, pair.value as Node | null];
    const keyStart = offsetOf(walk, keyNode, start);
    const key = keyText(walk, keyNode, keyStart);
    if (key === undefined) continue;
    walk.path.push(key);
    if (children.has(key)) walk.faults.push({ problem: problem("DuplicateKey", walk.path, { key }), offset: keyStart });
    const inner = visit(walk, valueNode, keyStart);
    children.set(key, inner.place);
    // The property is defined and not assigned: assigning `__proto__` would change the object instead of adding a
    // field.
    Object.defineProperty(value, key, { value: inner.value, enumerable: true, configurable: true, writable: true });
    walk.path.pop();
  }
  return { value, place: { start, children } };
}

function visitSequence(walk: Walk, sequence: YAMLSeq, start: number): Found {
  const children = new Map<string, SourceOffsets>();
  const value = sequence.items.map((item, index) => {
    walk.path.push(index);
    const node = item as Node | null; // as above
    const inner = visit(walk, node, offsetOf(walk, node, start));
    walk.path.pop();
    children.set(String(index), inner.place);
    return inner.value;
  });
  return { value, place: { start, children } };
}

function visitAlias(walk: Walk, alias: Alias, start: number): Found {
  const target = walk.anchors.get(alias.source);
  if (target === undefined || walk.open.has(target)) {
    fault(walk, target === undefined ? "UnknownAlias" : "CircularAlias", offsetOf(walk, alias, start));
    return { value: null, place: { start } };
  }
  if (walk.aliases++ === 0) walk.aliasOffset = start;
  const found = visit(walk, target, start);
  walk.aliases--;
  return { value: found.value, place: { ...found.place, start } };
}

function pay(walk: Walk, node: Node, start: number): boolean {
  if (walk.aliases === 0) return true;
  const before = walk.budget;
  walk.budget -= 1 + (isScalar(node) && typeof node.value === "string" ? node.value.length : 0);
  if (walk.budget >= 0) return true;
  if (before >= 0) fault(walk, "AliasBomb", offsetOf(walk, node, start));
  return false;
}

function keyText(walk: Walk, key: Node | null, offset: number): string | undefined {
  if (!isScalar(key) || typeof key.value !== "string") {
    // An alias as key, or no key at all (": value"). Lists and mappings as keys are reported by the library itself.
    if (key === null || isAlias(key) || isScalar(key)) fault(walk, "KeyNotText", offset);
    return undefined;
  }
  if (key.anchor !== undefined) walk.anchors.set(key.anchor, key);
  if (!isMergeKey(key)) return key.value;
  fault(walk, "MergeKey", offset);
  return undefined;
}

/** A plain `<<`; in quotes it is an ordinary key. */
function isMergeKey(key: Scalar): boolean {
  return key.value === "<<" && key.type === "PLAIN";
}

function offsetOf(walk: Walk, node: Node | null, fallback: number): number {
  return walk.aliases > 0 ? walk.aliasOffset : (node?.range?.[0] ?? fallback);
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number";
}

function fault(walk: Walk, detail: SyntaxDetail, offset: number): void {
  walk.faults.push({ problem: problem("Syntax", walk.path, { format: "YAML", detail }), offset });
}

// The syntax tree of a TypeScript source, for tests that look at code and not at text. Its nodes are those of ESTree.
import { parseAst } from "rolldown/parseAst";

export interface Node {
  readonly type: string;
  /** Offsets of the first character and of the one after the last. */
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

export function treeOf(source: string): unknown {
  return parseAst(source, { lang: "ts", astType: "ts" });
}

/** Visits each node before the nodes inside it. */
export function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const one of value) walk(one, visit);
  if (!isNode(value)) return;
  visit(value);
  for (const inner of Object.values(value)) walk(inner, visit);
}

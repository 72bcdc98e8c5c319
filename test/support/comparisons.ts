// Finds the places where a TypeScript source compares a value with a string literal: `x === "task"`, `case "task"`,
// `["task"].includes(x)`, `table["task"]`.
import { isNode, type Node, treeOf, walk } from "./syntaxTree.ts";

export interface Comparison {
  readonly text: string;
  /** The string literal. */
  readonly word: string;
}

const OPERATORS = new Set(["===", "!==", "==", "!="]);
const ASKS = new Set(["includes", "has", "get", "indexOf", "startsWith", "endsWith"]);

export function comparisonsIn(source: string): readonly Comparison[] {
  const found: Comparison[] = [];
  walk(treeOf(source), (node) => {
    for (const word of wordsOf(node)) found.push({ word, text: source.slice(node.start, node.end) });
  });
  return found;
}

function wordsOf(node: Node): readonly string[] {
  if (node.type === "BinaryExpression" && OPERATORS.has(String(node["operator"])))
    return literals([node["left"], node["right"]]);
  if (node.type === "SwitchCase") return literals([node["test"]]);
  if (node.type === "MemberExpression" && node["computed"] === true) return literals([node["property"]]);
  if (node.type !== "CallExpression" || !isNode(node["callee"])) return [];
  const { property, object } = node["callee"];
  if (!isNode(property) || !ASKS.has(String(property["name"]))) return [];
  const listed = isNode(object) && object.type === "ArrayExpression" ? object["elements"] : [];
  return literals([node["arguments"], listed].flat());
}

function literals(nodes: readonly unknown[]): readonly string[] {
  return nodes.flatMap((node) => (isNode(node) && typeof node["value"] === "string" ? [node["value"]] : []));
}

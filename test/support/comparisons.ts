// Finds the places where a TypeScript source compares a value with a string literal: `x === "task"`, `case "task"`,
// `["task"].includes(x)`, `table["task"]`.
import { parseAst } from "rolldown/parseAst";

export interface Comparison {
  readonly text: string;
  /** The string literal. */
  readonly word: string;
}

const OPERATORS = new Set(["===", "!==", "==", "!="]);
const ASKS = new Set(["includes", "has", "get", "indexOf", "startsWith", "endsWith"]);

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

export function comparisonsIn(source: string): readonly Comparison[] {
  const found: Comparison[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isNode(value)) return;
    for (const word of wordsOf(value)) found.push({ word, text: source.slice(value.start, value.end) });
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(parseAst(source, { lang: "ts", astType: "ts" }));
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

// Finds English sentences where only names, numbers and codes may be: among the parameters of errors, problems and
// reasons. Literal texts are found in the call itself, in what a condition chooses from, behind a name that the same
// file gives a value, and in what a function of the same file returns.
import { isNode, type Node, treeOf, walk } from "./syntaxTree.ts";

/** The index of the argument that contains the parameters, by the name of the called function. */
const PARAMETERS: Readonly<Record<string, number>> = {
  problem: 2,
  warning: 2,
  brokenRule: 2,
  reason: 1,
  skip: 1,
  fault: 1,
  PlatformError: 1,
  OutgoingRefused: 1,
  ChartError: 1,
};
/** Two words of small letters with a space between them. */
const SENTENCE = /(^|[^\w.-])[a-z]{2,},? +[a-z]{2,}($|[^\w-])/;

export function sentencesIn(source: string): readonly string[] {
  const root = treeOf(source);
  const values = valuesOf(root);
  const found: string[] = [];
  walk(root, (node) => {
    const callee = node["callee"];
    if (!isNode(callee) || callee.type !== "Identifier") return;
    const at = PARAMETERS[String(callee["name"])];
    const params = at === undefined ? undefined : listOf(node["arguments"])[at];
    if (params === undefined) return;
    found.push(...textsOf(params, { values, seen: [] }).filter((one) => SENTENCE.test(one)));
  });
  return [...new Set(found)];
}

function listOf(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

type Values = ReadonlyMap<string, readonly unknown[]>;

/** What each name of the file stands for: a variable for its value, a function for what it returns. */
function valuesOf(root: unknown): Values {
  const all = new Map<string, unknown[]>();
  const add = (name: unknown, value: unknown): void => {
    if (!isNode(name) || name.type !== "Identifier") return;
    const known = String(name["name"]);
    all.set(known, [...(all.get(known) ?? []), value]);
  };
  walk(root, (node) => {
    if (node.type === "VariableDeclarator") add(node["id"], node["init"]);
    if (node.type === "FunctionDeclaration")
      walk(node["body"], (one) => returned(one).forEach((it) => add(node["id"], it)));
  });
  return all;
}

function returned(node: Node): readonly unknown[] {
  return node.type === "ReturnStatement" ? [node["argument"]] : [];
}

interface Search {
  readonly values: Values;
  /** The names that led here, so that a cycle ends. */
  readonly seen: readonly string[];
}

/** Fields of a node that lead to the values that it may have. */
const LEADS: Readonly<Record<string, readonly string[]>> = {
  ObjectExpression: ["properties"],
  Property: ["value"],
  SpreadElement: ["argument"],
  ConditionalExpression: ["consequent", "alternate"],
  LogicalExpression: ["left", "right"],
  BinaryExpression: ["left", "right"],
  ParenthesizedExpression: ["expression"],
  TSAsExpression: ["expression"],
  ArrowFunctionExpression: ["body"],
};

function textsOf(node: unknown, search: Search): readonly string[] {
  if (Array.isArray(node)) return node.flatMap((one) => textsOf(one, search));
  if (!isNode(node)) return [];
  if (node.type === "Literal") return typeof node["value"] === "string" ? [node["value"]] : [];
  if (node.type === "TemplateLiteral") {
    const written = listOf(node["quasis"]).map(({ value }) => (isText(value) ? value.cooked : ""));
    return [written.join("…"), ...textsOf(node["expressions"], search)];
  }
  if (node.type === "Identifier") return behind(String(node["name"]), search);
  if (node.type === "CallExpression")
    return [...textsOf(node["callee"], search), ...textsOf(node["arguments"], search)];
  return (LEADS[node.type] ?? []).flatMap((field) => textsOf(node[field], search));
}

function isText(value: unknown): value is { readonly cooked: string } {
  return typeof value === "object" && value !== null && "cooked" in value && typeof value.cooked === "string";
}

function behind(name: string, { values, seen }: Search): readonly string[] {
  if (seen.includes(name)) return [];
  return textsOf([...(values.get(name) ?? [])], { values, seen: [...seen, name] });
}

// The functions of a TypeScript source with their length in lines, for the budget test. The lines of an inner function
// count for it and for the function around it.
import { treeOf, walk } from "./syntaxTree.ts";

export interface FunctionSize {
  readonly line: number;
  readonly lines: number;
  readonly parameters: number;
}

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

export default function functionsOf(text: string): readonly FunctionSize[] {
  const found: FunctionSize[] = [];
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  walk(treeOf(text), (node) => {
    if (!FUNCTIONS.has(node.type)) return;
    const params = node["params"];
    const parameters = Array.isArray(params) ? params.length : 0;
    found.push({ line: lineAt(node.start), lines: lineAt(node.end) - lineAt(node.start) + 1, parameters });
  });
  return found;
}

// The functions of a TypeScript source with their length in lines, for the budget test. The lines of an inner function
// count for it and for the function around it.
import { parseAst } from "rolldown/parseAst";

export interface FunctionSize {
  readonly line: number;
  readonly lines: number;
  readonly parameters: number;
}

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

export default function functionsOf(text: string): readonly FunctionSize[] {
  const found: FunctionSize[] = [];
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== "object" || node === null) return;
    // ESTree nodes have these fields, and functions have parameters.
    const { type, start, end, params } = node as { type?: unknown; start?: unknown; end?: unknown; params?: unknown };
    if (typeof type === "string" && FUNCTIONS.has(type) && typeof start === "number" && typeof end === "number") {
      const parameters = Array.isArray(params) ? params.length : 0;
      found.push({ line: lineAt(start), lines: lineAt(end) - lineAt(start) + 1, parameters });
    }
    for (const value of Object.values(node)) visit(value);
  };
  visit(parseAst(text, { lang: "ts", astType: "ts" }));
  return found;
}

// Finds the casts of a TypeScript source that have no reason in a comment next to them. `as const` does not count as a
// cast.
import { parseAst } from "rolldown/parseAst";

/** The lines of casts without a comment on the lines of the cast or on the two lines above. */
export default function castsWithoutReason(text: string): readonly string[] {
  const lines = text.split("\n");
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length - 1;
  const found = new Set<number>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== "object" || node === null) return;
    const { type, start, end, typeAnnotation } = node as Partial<Cast>; // ESTree nodes have these
    if (type === "TSAsExpression" && start !== undefined && end !== undefined) {
      const isConst = text.slice(typeAnnotation?.start, typeAnnotation?.end) === "const";
      const near = lines.slice(Math.max(0, lineAt(start) - 2), lineAt(end) + 1);
      if (!isConst && !near.some((line) => /(^|\s)(\/\/|\/?\*)/.test(line))) found.add(lineAt(end));
    }
    for (const value of Object.values(node)) visit(value);
  };
  visit(parseAst(text, { lang: "ts", astType: "ts" }));
  return [...found].map((line) => (lines[line] ?? "").trim());
}

interface Cast {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly typeAnnotation: { readonly start: number; readonly end: number };
}

// Finds the casts of a TypeScript source that have no reason in a comment next to them. `as const` does not count as a
// cast.
import { isNode, treeOf, walk } from "./syntaxTree.ts";

/** The lines of casts without a comment on the lines of the cast or on the two lines above. */
export default function castsWithoutReason(text: string): readonly string[] {
  const lines = text.split("\n");
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length - 1;
  const found = new Set<number>();
  walk(treeOf(text), ({ type, start, end, typeAnnotation }) => {
    if (type !== "TSAsExpression") return;
    const isConst = isNode(typeAnnotation) && text.slice(typeAnnotation.start, typeAnnotation.end) === "const";
    const near = lines.slice(Math.max(0, lineAt(start) - 2), lineAt(end) + 1);
    if (!isConst && !near.some((line) => /(^|\s)(\/\/|\/?\*)/.test(line))) found.add(lineAt(end));
  });
  return [...found].map((line) => (lines[line] ?? "").trim());
}

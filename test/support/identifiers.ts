// The names in a TypeScript source: every identifier that is written in it, and the types that it exports.
import { treeOf, walk } from "./syntaxTree.ts";

/** Each identifier once. Words in comments and in texts are not identifiers. */
export function identifiersIn(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  walk(treeOf(text), ({ type, name }) => {
    if (type === "Identifier" && typeof name === "string") found.add(name);
  });
  return found;
}

/** Interfaces, type aliases and classes that the source exports. */
export function exportedTypesIn(text: string): readonly string[] {
  return [...text.matchAll(/^export (?:abstract )?(?:interface|type|class) (\w+)/gm)].map((match) => match[1] ?? "");
}

/** The words of a name, in small letters: `leasedDuties` has the words `leased` and `duties`. */
export function wordsIn(name: string): readonly string[] {
  return (name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase());
}

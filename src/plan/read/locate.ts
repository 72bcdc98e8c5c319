// Where in the text a JSON Pointer points. A field is found at its key and an item of a list at its first character,
// because that is where an editor underlines. The JSON and the YAML reader build the same tree of places.
import { fromPointer } from "../../model/data/pointer.ts";
import type { Problem } from "../../model/problems/problem.ts";

/** Offsets into the text. The children of a list are named by their index. */
export interface SourceOffsets {
  readonly start: number;
  readonly children?: Map<string, SourceOffsets>;
}

/** Line and column from 1. Columns count UTF-16 units, as editors do. */
interface Position {
  readonly line: number;
  readonly column: number;
}

export type Locate = (pointer: string) => Position | undefined;

export function positionAt(lines: readonly number[], offset: number): Position {
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lines[low] ?? 0) + 1 };
}

/** The offset at which each line starts. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The tree of places is built when the first pointer is looked up: documents without problems never need it. */
export function locator(text: string, places: () => SourceOffsets | undefined): Locate {
  let known: { readonly root: SourceOffsets | undefined; readonly lines: readonly number[] } | undefined;
  return (pointer) => {
    known ??= { root: places(), lines: lineStarts(text) };
    let place = known.root;
    for (const key of fromPointer(pointer)) place = place?.children?.get(key);
    return place === undefined ? undefined : positionAt(known.lines, place.start);
  };
}

/**
 * Adds line and column and sorts by them. A field that does not exist gets the position of the nearest value around it.
 */
export function withPositions(problems: readonly Problem[], locate: Locate): Problem[] {
  return problems
    .map((one) => (one.line === undefined ? { ...one, ...nearestPosition(one.pointer, locate) } : one))
    .map((one) => withFirst(one, locate))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/**
 * Replaces the pointer `first` of a problem by line and column, because users look for a line and not for a pointer.
 */
function withFirst(one: Problem, locate: Locate): Problem {
  const first = one.params["first"];
  const position = typeof first === "string" && first.startsWith("/") ? locate(first) : undefined;
  return position === undefined
    ? one
    : { ...one, params: { ...one.params, first: `${position.line}:${position.column}` } };
}

/** The position of the pointer, or of the nearest value around it when it does not exist (a missing field). */
export function nearestPosition(pointer: string, locate: Locate): Position | undefined {
  for (let at = pointer; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    const found = locate(at);
    if (found) return found;
  }
  return locate("");
}

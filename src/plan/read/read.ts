// Reads text as plain JSON, and can map every value back to its line and column. Refuses what cannot be read without
// doubt: syntax errors, keys that are written twice, a second document, anything over the limits. It knows nothing
// about applications.

import { isObject, type JsonObject } from "../../model/data/json.ts";
import { LIMITS } from "../../model/document/document.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import { typeWord } from "../fields/valueWords.ts";
import { type Locate, lineStarts, locator, positionAt } from "./locate.ts";
import { readJson } from "./readJson.ts";
import { tooLarge } from "./readLimits.ts";
import { readYaml } from "./readYaml.ts";
import type { ReadFault, TextReading } from "./textReading.ts";

type TextFormat = "json" | "yaml";

type ReadResult =
  | { readonly ok: true; readonly value: JsonObject; readonly locate: Locate }
  | { readonly ok: false; readonly problems: Problem[] };

const READERS = { json: readJson, yaml: readYaml } as const satisfies Record<TextFormat, (text: string) => TextReading>;

/**
 * Accepts at most LIMITS.documentBytes bytes of UTF-8. `auto`: JSON if the text starts like JSON, otherwise YAML. A
 * byte order mark is ignored.
 */
export function readDocument(text: string, format: TextFormat | "auto"): ReadResult {
  const bytes = Buffer.byteLength(text);
  if (bytes > LIMITS.documentBytes) return { ok: false, problems: [{ ...tooLarge(bytes), line: 1, column: 1 }] };
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const reading = READERS[format === "auto" ? guessFormat(source) : format](source);
  if (!reading.ok) return { ok: false, problems: placed(source, reading.faults) };
  if (!isObject(reading.value)) return { ok: false, problems: [{ ...notAnObject(reading.value), line: 1, column: 1 }] };
  return { ok: true, value: reading.value, locate: locator(source, reading.places) };
}

/**
 * `{name: shop}` is YAML, `{"name": "shop"}` is JSON (and YAML). A `/` after the first brace is taken for a comment in
 * JSON, which the JSON reader reports.
 */
function guessFormat(text: string): TextFormat {
  return /^\s*(\{\s*("|\}|\/|$)|\[\s*(["{[\]]|$))/.test(text) ? "json" : "yaml";
}

function notAnObject(value: unknown): Problem {
  return problem("Type", "", { expected: "object", actual: typeWord(value) });
}

function placed(text: string, faults: readonly ReadFault[]): Problem[] {
  const lines = lineStarts(text);
  const all = faults.map((fault) => ({
    ...fault.problem,
    ...positionAt(lines, Math.min(fault.offset ?? 0, text.length)),
  }));
  const sorted = all.sort((a, b) => a.line - b.line || a.column - b.column);
  return sorted.filter((one, index) => !sameFault(one, sorted[index - 1])).slice(0, LIMITS.problems);
}

// The YAML parser often reports one error again a character further on, by the next rule that fails there.
function sameFault(one: Problem, before: Problem | undefined): boolean {
  return (
    one.code === "Syntax" &&
    before?.code === "Syntax" &&
    one.line === before.line &&
    one.params["detail"] === before.params["detail"]
  );
}

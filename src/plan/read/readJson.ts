// Reads JSON with a scanner instead of JSON.parse alone: the scanner knows positions, reports what it expected, finds
// keys that are written twice, and stops at the depth limit before any recursion could fail. JSON.parse then creates
// the values, which is much faster.

import { isExactNumber } from "../../model/data/json.ts";
import { toPointer } from "../../model/data/pointer.ts";
import { LIMITS } from "../../model/document/document.ts";
import { problem } from "../../model/problems/problem.ts";
import type { SyntaxDetail } from "../../model/problems/syntax.ts";
import type { SourceOffsets } from "./locate.ts";
import { tooDeep, tooManyValues, VALUES_LIMIT } from "./readLimits.ts";
import type { ReadFault, TextReading } from "./textReading.ts";

interface Scan {
  readonly text: string;
  at: number;
  values: number;
  readonly path: (string | number)[];
  readonly duplicates: ReadFault[];
}

/** Thrown only inside this file, to leave the recursion at the first fault. */
class Stop extends Error {
  readonly fault: ReadFault;
  constructor(fault: ReadFault) {
    super("stop");
    this.fault = fault;
  }
}

export function readJson(text: string): TextReading {
  const scan: Scan = { text, at: 0, values: 0, path: [], duplicates: [] };
  try {
    const root = scanDocument(scan);
    if (scan.duplicates.length > 0) return { ok: false, faults: scan.duplicates };
    return { ok: true, value: JSON.parse(text), places: () => root };
  } catch (error) {
    if (error instanceof Stop) return { ok: false, faults: [...scan.duplicates, error.fault] };
    throw error;
  }
}

function scanDocument(scan: Scan): SourceOffsets {
  skipSpace(scan);
  if (scan.at >= scan.text.length) throw fault(scan, "Empty");
  const root = scanValue(scan, scan.at);
  skipSpace(scan);
  if (scan.at < scan.text.length) throw expected(scan, "ExpectedEnd");
  return root;
}

function scanValue(scan: Scan, start: number): SourceOffsets {
  if (++scan.values > VALUES_LIMIT) throw new Stop({ problem: tooManyValues(), offset: scan.at });
  const first = scan.text[scan.at];
  if (first === "{") return scanObject(scan, start);
  if (first === "[") return scanArray(scan, start);
  if (first === '"') scanString(scan);
  else scanLiteral(scan);
  return { start };
}

function scanObject(scan: Scan, start: number): SourceOffsets {
  const children = new Map<string, SourceOffsets>();
  enter(scan);
  while (!closes(scan, "}", children.size > 0)) {
    const keyStart = scan.at;
    const key = scanKey(scan);
    scan.path.push(key);
    skipSpace(scan);
    if (scan.text[scan.at] !== ":") throw expected(scan, "Expected", "':'");
    scan.at++;
    skipSpace(scan);
    if (children.has(key)) scan.duplicates.push(duplicate(scan, key, keyStart));
    children.set(key, scanValue(scan, keyStart));
    scan.path.pop();
  }
  return { start, children };
}

function scanArray(scan: Scan, start: number): SourceOffsets {
  const children = new Map<string, SourceOffsets>();
  enter(scan);
  while (!closes(scan, "]", children.size > 0)) {
    scan.path.push(children.size);
    children.set(String(children.size), scanValue(scan, scan.at));
    scan.path.pop();
  }
  return { start, children };
}

function enter(scan: Scan): void {
  if (scan.path.length >= LIMITS.depth) throw new Stop({ problem: tooDeep(toPointer(scan.path)), offset: scan.at });
  scan.at++;
}

/** True at the closing bracket. False in front of the next item, after its comma was read. */
function closes(scan: Scan, bracket: "}" | "]", some: boolean): boolean {
  skipSpace(scan);
  if (scan.text[scan.at] === bracket) {
    scan.at++;
    return true;
  }
  if (!some) return false;
  if (scan.text[scan.at] !== ",") throw expected(scan, "Expected", `',' / '${bracket}'`);
  scan.at++;
  skipSpace(scan);
  if (scan.text[scan.at] === bracket) throw fault(scan, "TrailingComma", { found: `'${bracket}'` });
  return false;
}

function scanKey(scan: Scan): string {
  if (scan.text[scan.at] !== '"') throw expected(scan, "ExpectedKey");
  const start = scan.at;
  scanString(scan);
  const raw = scan.text.slice(start, scan.at);
  return raw.includes("\\") ? String(JSON.parse(raw)) : raw.slice(1, -1);
}

// Reads character by character, because one regular expression over a string of a megabyte would need too much stack.
function scanString(scan: Scan): void {
  const start = scan.at++;
  for (; scan.at < scan.text.length; scan.at++) {
    const code = scan.text.charCodeAt(scan.at);
    if (code === 0x22) {
      scan.at++;
      return;
    }
    if (code < 0x20) throw fault(scan, "ControlCharacter");
    if (code === 0x5c) scanEscape(scan);
  }
  throw new Stop({ problem: syntax("OpenString", scan), offset: start });
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function scanEscape(scan: Scan): void {
  ESCAPE.lastIndex = scan.at;
  const match = ESCAPE.exec(scan.text);
  if (!match) throw fault(scan, "BadEscape");
  scan.at += match[0].length - 1;
}

const LITERAL = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

function scanLiteral(scan: Scan): void {
  LITERAL.lastIndex = scan.at;
  const match = LITERAL.exec(scan.text);
  if (!match) throw expected(scan, "ExpectedValue");
  if (/\d/.test(match[0]) && !Number.isFinite(Number(match[0]))) throw fault(scan, "NotFinite");
  if (!isExactNumber(match[0])) throw fault(scan, "NotExact");
  scan.at += match[0].length;
}

function skipSpace(scan: Scan): void {
  for (; scan.at < scan.text.length; scan.at++) {
    const code = scan.text.charCodeAt(scan.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
  }
}

function duplicate(scan: Scan, key: string, offset: number): ReadFault {
  return { problem: problem("DuplicateKey", scan.path, { key }), offset };
}

function expected(scan: Scan, detail: SyntaxDetail, symbol = ""): Stop {
  const found = scan.text[scan.at];
  if (found === undefined) return fault(scan, "EndsEarly");
  if (found === "/" || found === "#") return fault(scan, "JsonComment");
  return fault(scan, detail, { expected: symbol, found: printable(found) });
}

function printable(character: string): string {
  const code = character.charCodeAt(0);
  const hidden = code <= 0x20 || (code >= 0x7f && code < 0xa1) || (code >= 0xd800 && code < 0xe000);
  return hidden ? `U+${code.toString(16).padStart(4, "0").toUpperCase()}` : `'${character}'`;
}

function fault(scan: Scan, detail: SyntaxDetail, more: Record<string, string> = {}): Stop {
  return new Stop({ problem: syntax(detail, scan, more), offset: scan.at });
}

function syntax(detail: SyntaxDetail, scan: Scan, more: Record<string, string> = {}): ReadFault["problem"] {
  return problem("Syntax", scan.path, { format: "JSON", detail, ...more });
}

// Splits a condition into tokens: pointers, literals, operators. It does not check their order, and it never throws,
// whatever the text.
import { isExactNumber, type Json } from "../../../model/data/json.ts";
import { toPointer } from "../../../model/data/pointer.ts";

export type ConditionToken =
  | { readonly kind: "operator"; readonly text: string; readonly at: number }
  | { readonly kind: "pointer"; readonly text: string; readonly at: number }
  | { readonly kind: "value"; readonly value: Json; readonly text: string; readonly at: number };

/** The position at which the text is no longer a condition. `at` counts from 0. */
export interface Unexpected {
  readonly at: number;
  readonly expected: string;
  readonly found: string;
}

export const OPERAND = "/pointer, 'text', 1, true, false, null, ( or !";

type Rule = readonly [pattern: RegExp, token: (text: string, at: number) => ConditionToken | string];

/** The rules, in the order in which they are tried. Each returns a token, or what it expected. */
const RULES: readonly Rule[] = [
  [/&&|\|\||[=!<>]=|[<>!()]/y, (text, at) => ({ kind: "operator", text, at })],
  [/\/[^\s()!=<>&|,"']*/y, (text, at) => ({ kind: "pointer", text, at })],
  [/"(?:[^"\\]|\\.)*"/sy, (text, at) => literal(text, parsed(text), at) ?? 'a "text" as in JSON'],
  [/'(?:[^'\\]|\\.)*'/sy, (text, at) => literal(text, parsed(doubleQuoted(text)), at) ?? "a 'text' with \\' and \\\\"],
  [/-?\d[\d.eE+-]*/y, (text, at) => literal(text, parsed(text), at) ?? "a number of at most 15 digits"],
  [/(?:true|false|null)(?![\w.])/y, (text, at) => literal(text, parsed(text), at) ?? OPERAND],
  [
    /(?:steps|inputs|components|item|run)(?:\.[\w-]+)*(?![\w.-])/y,
    (text, at) => ({ kind: "pointer", text: dotted(text), at }),
  ],
];

const SPACE = /\s*/y;

export function lexCondition(text: string): readonly ConditionToken[] | Unexpected {
  const tokens: ConditionToken[] = [];
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)?.[0].length ?? 0;
    if (at >= text.length) return tokens;
    const token = tokenAt(text, at);
    if (typeof token === "string") return { at, expected: token, found: shown(text.slice(at)) };
    tokens.push(token);
    at += token.kind === "pointer" && !text.startsWith("/", at) ? token.text.length - 1 : token.text.length;
  }
}

function tokenAt(text: string, at: number): ConditionToken | string {
  for (const [pattern, token] of RULES) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return token(found, at);
  }
  return OPERAND;
}

/** `steps.train.outputs.loss`: every dot becomes a slash, so the pointer is longer only by its first slash. */
function dotted(text: string): string {
  return toPointer(text.split("."));
}

function literal(text: string, value: Json | undefined, at: number): ConditionToken | undefined {
  return value === undefined ? undefined : { kind: "value", value, text, at };
}

function parsed(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json; // the rules let only literals through
    if (typeof value !== "number") return value;
    return Number.isFinite(value) && isExactNumber(text) ? value + 0 : undefined; // -0 is 0
  } catch {
    return undefined;
  }
}

function doubleQuoted(text: string): string {
  const inner = text.slice(1, -1).replace(/\\.|"/gs, (part) => (part === "\\'" ? "'" : part === '"' ? '\\"' : part));
  return `"${inner}"`;
}

export function shown(text: string): string {
  if (text === "") return "the end";
  return JSON.stringify(text.length <= 20 ? text : `${text.slice(0, 20)}…`);
}

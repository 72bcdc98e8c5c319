// Scans YAML cheaply before it is parsed: the parser builds its tree recursively, so the depth has to be bounded first.
// The scan uses only the lexer, which goes from token to token. It counts columns of nested blocks and open brackets.
// It may count one level more or less than the tree has (a list in the column of its key), so the exact limit is
// applied to the tree (readYamlNodes.ts).
import { Lexer } from "yaml";
import { LIMITS } from "../../model/document/document.ts";
import { problem } from "../../model/problems/problem.ts";
import { tooDeep, tooManyValues, VALUES_LIMIT } from "./readLimits.ts";
import type { ReadFault } from "./textReading.ts";

// Tokens that the lexer emits without a counterpart in the text: document start, end of flow, "a scalar follows".
const MARKS: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);
const SPACE = /^[ \t\r\n]*$/;

/**
 * The library creates an object, and often an error, for each of these: millions of them take minutes and gigabytes.
 */
const NOISE_LIMIT = 2 * VALUES_LIMIT;
/**
 * A field is three tokens (key, colon, value), and in brackets also a comma. The library takes some microseconds for
 * each token.
 */
const TOKEN_LIMIT = 2 * VALUES_LIMIT;

interface State {
  offset: number;
  column: number;
  brackets: number;
  tokens: number;
  /** The number of line breaks, comments and directives between the values. */
  noise: number;
  /** True after a closing bracket that was never opened: the rest cannot be interpreted. */
  lost: boolean;
  /** The columns of the open blocks, outermost first. */
  readonly blocks: number[];
  /** True when the next token opens a block: it is the first of its line, or follows "-" or "?". */
  opening: boolean;
}

export function scanYaml(text: string): ReadFault | undefined {
  const state: State = {
    offset: 0,
    column: 0,
    brackets: 0,
    tokens: 0,
    noise: 0,
    lost: false,
    blocks: [],
    opening: true,
  };
  for (const token of new Lexer().lex(text)) {
    take(state, token);
    if (state.blocks.length + state.brackets > LIMITS.depth + 1) return { problem: tooDeep(), offset: state.offset };
    if (state.lost)
      return { problem: problem("Syntax", "", { format: "YAML", detail: "Unexpected" }), offset: state.offset };
    if (state.tokens > TOKEN_LIMIT || state.noise > NOISE_LIMIT)
      return { problem: tooManyValues(), offset: state.offset };
    if (!MARKS.has(token)) advance(state, token);
  }
  return undefined;
}

function take(state: State, token: string): void {
  if (token === "\u0002") state.blocks.length = 0;
  if (token.includes("\n") || token.startsWith("#") || token.startsWith("%")) state.noise++;
  if (MARKS.has(token) || SPACE.test(token) || token.startsWith("#")) return;
  state.tokens++;
  if (token === "{" || token === "[") state.brackets++;
  else if (token === "}" || token === "]") {
    state.lost = state.brackets === 0;
    state.brackets = Math.max(0, state.brackets - 1);
  }
  if (state.brackets === 0 && state.opening) open(state);
  state.opening = token === "-" || token === "?";
}

function open(state: State): void {
  while ((state.blocks.at(-1) ?? -1) > state.column) state.blocks.pop();
  if (state.blocks.at(-1) !== state.column) state.blocks.push(state.column);
}

function advance(state: State, token: string): void {
  state.offset += token.length;
  const lineBreak = token.lastIndexOf("\n");
  if (lineBreak === -1) state.column += token.length;
  else {
    state.column = token.length - lineBreak - 1;
    state.opening = true;
  }
}

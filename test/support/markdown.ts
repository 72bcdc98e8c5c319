// Reads from a page of documentation what tests need: fenced blocks, headings, links, and the commands in shell blocks.
// It is not a complete Markdown parser; it knows the forms that kubemin's pages use.
import { readFileSync } from "node:fs";

export interface Block {
  readonly language: string;
  /** The text after the language of the block: `file=…`, `wrong`. */
  readonly info: string;
  readonly text: string;
  /** Line number of the opening fence, counted from 1. */
  readonly line: number;
}

export interface Page {
  readonly path: string;
  readonly blocks: readonly Block[];
  /** Only the marks `##` or `###`, because the texts differ between languages. */
  readonly headings: readonly string[];
  /** The text outside the blocks. */
  readonly prose: string;
  readonly links: readonly string[];
}

export function readPage(path: string): Page {
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: {
    readonly language: string;
    readonly info: string;
    readonly line: number;
    readonly lines: string[];
  } | null = null;
  for (const [index, line] of readFileSync(path, "utf8").split("\n").entries()) {
    const fence = /^```(\w*)\s*(.*)$/.exec(line);
    if (open !== null && fence !== null) {
      blocks.push({ ...open, text: `${open.lines.join("\n")}\n` });
      open = null;
    } else if (open !== null) open.lines.push(line);
    else if (fence !== null) open = { language: fence[1] ?? "", info: fence[2] ?? "", line: index + 1, lines: [] };
    else prose.push(line);
  }
  if (open !== null) throw new Error(`${path}:${open.line}: the block is not closed`);
  const text = prose.join("\n");
  return {
    path,
    blocks,
    headings: [...text.matchAll(/^(#+) /gm)].map((match) => match[1] ?? ""),
    prose: text,
    links: [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? ""),
  };
}

/**
 * The words of each command in a shell block that runs `program`, without pipes, redirections, comments and preceding
 * variables.
 */
export function commandsOf(program: string, shell: string): readonly (readonly string[])[] {
  return shell
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .flatMap((line) => split(line))
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
    .filter(([first]) => first?.replace(/^bin\//, "") === program)
    .map((words) => words.slice(1));
}

const WORD = /'([^']*)'|"([^"]*)"|(&&|\|\||[|;<>&]|\d?>>?)|([^\s'"|;<>&]+)/g;

/** One list of words per simple command of the line. What follows `<` or `>` is a file and is left out. */
function split(line: string): readonly string[][] {
  const commands: string[][] = [[]];
  let redirected = false;
  let end = -1;
  for (const match of line.matchAll(WORD)) {
    const [whole, single, double, operator, plain] = match;
    const word = single ?? double ?? plain ?? "";
    if (plain?.startsWith("#")) break;
    if (operator !== undefined) {
      redirected = /[<>]/.test(operator);
      if (!redirected) commands.push([]);
    } else if (redirected) redirected = false;
    else if (match.index === end && commands.at(-1)?.length) commands.at(-1)?.push(`${commands.at(-1)?.pop()}${word}`);
    else commands.at(-1)?.push(word);
    end = match.index + whole.length;
  }
  return commands.filter((words) => words.length > 0);
}

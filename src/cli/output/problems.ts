// Prints the problems of a document as compilers do (file:line:column, the line, a caret), so that editors can jump to
// them.
import type { z } from "zod";
import type { ProblemItem } from "../../api/views.ts";
import type { Language } from "../../model/data/text.ts";
import { explainProblem, type Problem } from "../../model/problems/problem.ts";
import type { CommandContext } from "../grammar/command.ts";
import { type Paint, painter } from "../terminal/style.ts";
import { displayWidth, truncate } from "../terminal/width.ts";
import { excerptOf } from "./excerpt.ts";

type ApiProblem = z.output<typeof ProblemItem>;

/** A problem that was found offline, in the API's format. */
export function toItem(problem: Problem, language: Language): ApiProblem {
  const { code, severity, pointer, line, column, nearest } = problem;
  const { message, hint } = explainProblem(problem, language);
  return {
    code,
    severity,
    pointer,
    message,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...(hint === undefined ? {} : { hint }),
    ...(nearest === undefined ? {} : { nearest }),
  };
}

export interface SourceText {
  /** The file name as the user wrote it, or `<stdin>`. */
  readonly file: string;
  readonly text: string;
}

const WORD = {
  error: { en: "error", zh: "错误", tone: "danger" },
  refused: { en: "refused", zh: "将被拒绝", tone: "danger" },
  warning: { en: "warning", zh: "警告", tone: "warning" },
} as const;

/** Problems with the values that the user gave at the start; the document itself is correct. */
const OF_GIVEN_INPUTS: readonly string[] = ["UnknownInput", "MissingInput"];

/** The option that the user has to change; `undefined` if the document has to be changed. */
function optionOf({ code, pointer }: ApiProblem): string | undefined {
  const name = /^(?:\/document)?\/workflow\/inputs\/([^/]+)$/.exec(pointer)?.[1];
  return name !== undefined && OF_GIVEN_INPUTS.includes(code) ? `--input ${name}` : undefined;
}

/** Prints the problems on stderr, because they are not data. */
export function printProblems(context: CommandContext, source: SourceText, problems: readonly ApiProblem[]): void {
  const paint = painter(context.terminal, context.terminal.stderr);
  const shown = excerptOf(source.text, context.root.catalog);
  const lines = source.text.split(/\r?\n/).map(shown);
  for (const found of problems) context.terminal.stderr.write(problemText({ found, source, lines, paint, context }));
  const errors = problems.filter((one) => one.severity === "error").length;
  if (errors > 0)
    context.terminal.stderr.write(
      `${context.say({ en: errors === 1 ? "1 problem; nothing was started" : "{errors} problems; nothing was started", zh: "{errors} 个问题；没有启动任何内容" }, { errors })}\n`,
    );
}

interface Printing {
  readonly found: ApiProblem;
  readonly source: SourceText;
  readonly lines: readonly string[];
  readonly paint: Paint;
  readonly context: CommandContext;
}

function problemText({ found, source, lines, paint, context }: Printing): string {
  const word = WORD[found.severity];
  const option = optionOf(found);
  const inFile = found.line === undefined ? source.file : `${source.file}:${found.line}:${found.column ?? 1}`;
  const place = option ?? inFile;
  const hint = found.hint === undefined ? "" : `  ${found.hint}`;
  const head = `${paint("strong", `${place}:`)} ${paint(word.tone, `${word[context.language]}:`)} ${found.message} [${found.code}]${hint}\n`;
  const line = found.line === undefined || option !== undefined ? undefined : lines[found.line - 1];
  if (found.line === undefined || line === undefined || line.trim() === "") return head;
  const gutter = String(found.line);
  const columns = Math.max(40, context.terminal.stderr.columns - gutter.length - 5);
  const shown = line.replaceAll("\t", " ");
  const before = displayWidth(shown.slice(0, (found.column ?? 1) - 1));
  const excerpt = `  ${paint("muted", `${gutter} |`)} ${truncate(shown, columns)}\n`;
  if (before >= columns) return head + excerpt;
  return `${head}${excerpt}  ${paint("muted", `${" ".repeat(gutter.length)} |`)} ${" ".repeat(before)}${paint(word.tone, "^")}\n`;
}

// Problems of a document, printed as compilers do, so that editors can jump to them: file:line:col, the line itself, a caret.
import type { z } from "zod";
import type { ProblemItem } from "../../api/views.ts";
import type { Language } from "../../model/data/text.ts";
import { explainProblem, type Problem } from "../../model/problems/problem.ts";
import type { CommandContext } from "../grammar/command.ts";
import { type Paint, painter } from "../terminal/style.ts";
import { displayWidth, truncate } from "../terminal/width.ts";
import { excerptOf } from "./excerpt.ts";

type ApiProblem = z.output<typeof ProblemItem>;

/** A problem that was found offline, in the API's shape. */
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
  /** As the user wrote it. */
  readonly file: string;
  readonly text: string;
}

const WORD = {
  error: { en: "error", zh: "错误", tone: "danger" },
  warning: { en: "warning", zh: "警告", tone: "warning" },
} as const;

/** Of values that were given, or not given, when it starts: nothing in the document is wrong. */
const OF_GIVEN_INPUTS: readonly string[] = ["UnknownInput", "MissingInput"];

/** The option that has to be changed, where it is not the document. */
function optionOf({ code, pointer }: ApiProblem): string | undefined {
  const name = /^(?:\/document)?\/workflow\/inputs\/([^/]+)$/.exec(pointer)?.[1];
  return name !== undefined && OF_GIVEN_INPUTS.includes(code) ? `--input ${name}` : undefined;
}

/** To stderr: problems are not data. */
export function printProblems(context: CommandContext, source: SourceText, problems: readonly ApiProblem[]): void {
  const paint = painter(context.terminal, context.terminal.stderr);
  const shown = excerptOf(source.text, context.root.catalog);
  const lines = source.text.split(/\r?\n/).map(shown);
  for (const found of problems) context.terminal.stderr.write(problemText({ found, source, lines, paint, context }));
  const errors = problems.filter((one) => one.severity === "error").length;
  if (errors > 0)
    context.terminal.stderr.write(
      `${context.say({ en: errors === 1 ? "1 problem; nothing was started" : "{errors} problems; nothing was started", zh: "{errors} 个问题；没有启动任何任务" }, { errors })}\n`,
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

// Prints every failure (what failed, why, and what to do) and returns the exit code. With JSON output, the failure is
// JSON on stderr in the format of the API's errors (RFC 9457); a failure that the command line found itself has status
// 0.
import type { z } from "zod";
import { ApiError, UnreachableError } from "../api/client.ts";
import type { ErrorView } from "../api/views.ts";
import { dig } from "../model/data/json.ts";
import { type Language, translate } from "../model/data/text.ts";
import { ERRORS, explainError, PlatformError } from "../model/errors/errors.ts";
import { EXIT, exitOfError } from "./grammar/exitCodes.ts";
import { Failure } from "./grammar/failure.ts";
import { UNREACHABLE } from "./reach/connect.ts";
import { painter } from "./terminal/style.ts";
import type { Terminal } from "./terminal/terminal.ts";

type ErrorBody = z.output<typeof ErrorView>;

interface ReportTo {
  readonly terminal: Terminal;
  readonly language: Language;
  readonly json: boolean;
}

export function reportFailure(error: unknown, to: ReportTo): number {
  const { body, exit } = describe(error, to.language);
  const { stderr } = to.terminal;
  if (to.json) {
    stderr.write(`${JSON.stringify(body)}\n`);
    return exit;
  }
  const paint = painter(to.terminal, stderr);
  const zh = to.language === "zh";
  stderr.write(`${paint("danger", zh ? "错误：" : "error:")}${zh ? "" : " "}${body.detail}\n`);
  for (const found of body.problems ?? [])
    stderr.write(
      `  ${found.pointer}: ${found.message} [${found.code}]${found.hint === undefined ? "" : `  ${found.hint}`}\n`,
    );
  if (body.advice !== "") stderr.write(`  ${body.advice}\n`);
  if (body.status >= 500 && body.requestId !== "")
    stderr.write(`  ${zh ? "请求编号" : "request id"} ${body.requestId}\n`);
  return exit;
}

function describe(error: unknown, language: Language): { readonly body: ErrorBody; readonly exit: number } {
  if (error instanceof ApiError) return { body: error.body, exit: exitOfError(error.body.code, error.status) };
  if (error instanceof UnreachableError) return describe(new Failure(UNREACHABLE, { url: error.url }), language);
  if (error instanceof Failure) {
    const detail = translate(error.what.text, language, error.params);
    const advice = translate(error.what.advice, language, error.params);
    return { body: bodyOf({ code: error.what.code, detail, advice }), exit: error.what.exit };
  }
  if (error instanceof PlatformError) {
    const { message, advice } = explainError(error, language);
    return { body: bodyOf({ code: error.code, detail: message, advice }), exit: ERRORS[error.code].exit };
  }
  const detail = error instanceof Error ? error.message : String(error);
  const code = dig(error, "code");
  return {
    body: bodyOf({ code: typeof code === "string" ? code : "Internal", detail, advice: "" }),
    exit: EXIT.failed.code,
  };
}

function bodyOf(told: { readonly code: string; readonly detail: string; readonly advice: string }): ErrorBody {
  return { type: "about:blank", title: told.code, status: 0, ...told, who: "you", requestId: "" };
}

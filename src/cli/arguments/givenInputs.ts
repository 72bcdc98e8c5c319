// Reads values for the inputs of a workflow or a job type: `--input NAME=VALUE` and `--input-file FILE`. The declared
// type decides how a value is read: `--input tag=1.20` is a text if the input is declared as a string. Without a
// declaration, a value that is valid JSON is read as JSON, and every other value as text.
import { dig, isObject, type Json, type JsonObject, parseExactly } from "../../model/data/json.ts";
import { explainProblem } from "../../model/problems/problem.ts";
import { readDocument } from "../../plan/read/read.ts";
import type { CommandContext } from "../grammar/command.ts";
import { type Failure, usageFailure } from "../grammar/failure.ts";
import type { SourceText } from "../output/problems.ts";
import { readSource } from "./input.ts";

export const INPUT_OPTIONS = {
  input: {
    type: "list",
    value: "NAME=VALUE",
    summary: { en: "the value of an input; may be repeated", zh: "输入值；可重复" },
  },
  "input-file": {
    type: "text",
    value: "FILE",
    complete: "file",
    summary: {
      en: "a file with the inputs as a YAML or JSON object; - reads standard input",
      zh: "以 YAML 或 JSON 对象给出输入；- 表示标准输入",
    },
  },
} as const;

export interface GivenInputs {
  readonly input: readonly string[];
  readonly "input-file": string | undefined;
}

/**
 * Returns the declared type of an input, such as `string` or `string | number`; `undefined` if the type is not known
 * here.
 */
export type DeclaredType = (name: string) => string | undefined;

export async function inputsOf(
  context: CommandContext,
  options: GivenInputs,
  declared: DeclaredType,
): Promise<JsonObject> {
  return {
    ...(options["input-file"] === undefined ? {} : await fileOf(context, options["input-file"], declared)),
    ...Object.fromEntries(options.input.map((text) => pairOf(text, declared))),
  };
}

async function fileOf(context: CommandContext, file: string, declared: DeclaredType): Promise<JsonObject> {
  const values = objectOf(await readSource(context, file));
  for (const [name, value] of Object.entries(values)) {
    const type = declared(name);
    if (value === undefined || type === undefined || fits(value, type)) continue;
    throw wrongType({ option: `--input-file ${file}: ${name}`, type, text: JSON.stringify(value) });
  }
  return values;
}

/** The types that the workflow of a document declares. Problems of the document are not reported here. */
export function declaredIn({ text }: SourceText): DeclaredType {
  const read = readDocument(text, "auto");
  return (name) => {
    const type = read.ok ? dig(read.value, "workflow", "inputs", name, "type") : undefined;
    return typeof type === "string" ? type : undefined;
  };
}

export function objectOf({ file, text }: SourceText): JsonObject {
  const read = readDocument(text, "auto");
  if (read.ok) return read.value;
  const [first] = read.problems;
  const place = `${file}:${first?.line ?? 1}:${first?.column ?? 1}`;
  const [en, zh] =
    first === undefined ? ["", ""] : [explainProblem(first, "en").message, explainProblem(first, "zh").message];
  throw usageFailure(
    { en: "{place}: {en}", zh: "{place}：{zh}" },
    { en: "see: kubemin validate {file}", zh: "参见：kubemin validate {file}" },
    { place, en, zh, file },
  );
}

function pairOf(text: string, declared: DeclaredType): [string, Json] {
  const at = text.indexOf("=");
  if (at <= 0)
    throw usageFailure(
      { en: "--input {text}: write NAME=VALUE", zh: "--input {text}：请写成 NAME=VALUE" },
      { en: "for example: --input model=qwen", zh: "例如：--input model=qwen" },
      { text },
    );
  const name = text.slice(0, at);
  return [name, valueOf(text.slice(at + 1), { option: `--input ${name}`, type: declared(name) })];
}

/** Reads one value. `option` is the name that an error shows, such as `--input tag`. */
export function valueOf(
  text: string,
  { option, type }: { readonly option: string; readonly type: string | undefined },
): Json {
  if (type === "string") return text;
  const value = jsonOf(text, option);
  if (value !== undefined && (type === undefined || fits(value, type))) return value;
  if (type === undefined || fits(text, type)) return text;
  throw wrongType({ option, type, text });
}

function wrongType(params: { readonly option: string; readonly type: string; readonly text: string }): Failure {
  return usageFailure(
    { en: "{option}: expected {type}, got {text}", zh: "{option}：应为 {type}，实际为 {text}" },
    { en: "check the declared type; in a file, put a text in quotes", zh: "请核对声明的类型；文件中的文本请加引号" },
    params,
  );
}

/**
 * The value of a JSON text; `undefined` if the text is not JSON. Throws if a number has too many digits to be exact.
 */
function jsonOf(text: string, option: string): Json | undefined {
  const refuse = (written: string): never => {
    throw usageFailure(
      {
        en: "{option}: {written} has too many digits to be stored exactly as a number",
        zh: "{option}：{written} 位数过多，无法作为数值精确保存",
      },
      { en: "declare the input as a string, or write fewer digits", zh: "请把该输入声明为 string，或减少位数" },
      { option, written },
    );
  };
  try {
    return parseExactly(text, refuse);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Compares only the JSON type: of `array of string`, only that the value is an array. The server checks the rest. */
function fits(value: Json, type: string): boolean {
  return type.split(" | ").some((one) => isOf(value, one));
}

function isOf(value: Json, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "number" || type === "boolean" || type === "string") return typeof value === type;
  if (type === "null") return value === null;
  if (type.startsWith("array")) return Array.isArray(value);
  return type === "object" || type.startsWith("map") ? isObject(value) : true;
}

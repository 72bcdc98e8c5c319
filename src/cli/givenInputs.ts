// Values for the inputs of a workflow or a job type, as the command line takes them: `--input NAME=VALUE`, `--input-file FILE`.
import { isObject, type Json, type JsonObject } from "../model/json.ts";
import { readDocument } from "../plan/read/read.ts";
import type { Context } from "./command.ts";
import { usageFailure } from "./failure.ts";
import { readSource } from "./input.ts";
import type { Source } from "./problems.ts";

export const INPUT_OPTIONS = {
  input: {
    type: "list",
    value: "NAME=VALUE",
    summary: { en: "an input; may be repeated", zh: "输入值；可重复" },
  },
  "input-file": {
    type: "text",
    value: "FILE",
    complete: "file",
    summary: {
      en: "inputs as a YAML or JSON object; - reads standard input",
      zh: "以 YAML 或 JSON 对象给出输入；- 表示标准输入",
    },
  },
} as const;

export interface GivenInputs {
  readonly input: readonly string[];
  readonly "input-file": string | undefined;
}

export async function inputsOf(context: Context, options: GivenInputs): Promise<JsonObject> {
  return {
    ...(options["input-file"] === undefined ? {} : objectOf(await readSource(context, options["input-file"]))),
    ...Object.fromEntries(options.input.map(pairOf)),
  };
}

export function objectOf({ file, text }: Source): JsonObject {
  const read = readDocument(text, "auto");
  if (read.ok && isObject(read.value)) return read.value;
  throw usageFailure(
    { en: "{file} holds no YAML or JSON object", zh: "{file} 中没有 YAML 或 JSON 对象" },
    { en: "see: kubemin validate {file}", zh: "参见：kubemin validate {file}" },
    { file },
  );
}

function pairOf(text: string): [string, Json] {
  const at = text.indexOf("=");
  if (at <= 0)
    throw usageFailure(
      { en: "--input {text}: write NAME=VALUE", zh: "--input {text}：请写成 NAME=VALUE" },
      { en: "for example --input model=qwen", zh: "例如 --input model=qwen" },
      { text },
    );
  return [text.slice(0, at), valueOf(text.slice(at + 1))];
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json; // JSON.parse gives nothing else
  } catch {
    return text;
  }
}

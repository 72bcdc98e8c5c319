// kubemin run: a job type, or a workflow, without an application.
import { isObject, type Json, type JsonObject } from "../../model/json.ts";
import { readDocument } from "../../plan/read.ts";
import { type Context, defineCommand } from "../command.ts";
import { connect } from "../connect.ts";
import { onceMore, writeHeaders } from "../deploy.ts";
import { usageFailure } from "../failure.ts";
import { readSource } from "../input.ts";
import { settleStarted, WATCH_OPTIONS } from "../settle.ts";

export const runCommand = defineCommand({
  name: "run",
  summary: { en: "run a job type, or the steps of a workflow file", zh: "运行一个作业类型，或一个工作流文件中的步骤" },
  details: {
    en: "Values of --input are read as JSON where they are JSON (3, true, [1,2]), as text otherwise. What a type takes: kubemin explain job TYPE.",
    zh: "--input 的值若是 JSON（3、true、[1,2]）按 JSON 读取，否则按文本。类型接受的字段：kubemin explain job TYPE。",
  },
  examples: [
    {
      line: "run ai-eval --input model=qwen --input dataset=mmlu",
      text: { en: "one job of a registered type", zh: "运行一个已注册类型的作业" },
    },
    {
      line: "run --file nightly.yaml --input day=monday",
      text: { en: "a workflow with its inputs", zh: "运行工作流并给出输入" },
    },
  ],
  arguments: [{ name: "TYPE", optional: true, complete: "nothing", summary: { en: "a job type", zh: "作业类型" } }],
  options: {
    input: { type: "list", value: "NAME=VALUE", summary: { en: "may be repeated", zh: "可重复" } },
    "input-file": {
      type: "text",
      value: "FILE",
      complete: "file",
      summary: {
        en: "inputs as a YAML or JSON object; - reads standard input",
        zh: "以 YAML 或 JSON 对象给出输入；- 表示标准输入",
      },
    },
    file: {
      type: "text",
      short: "f",
      value: "FILE",
      complete: "file",
      summary: { en: "a workflow", zh: "工作流文件" },
    },
    "type-version": {
      type: "text",
      value: "VERSION",
      summary: { en: "default: the newest that is active", zh: "默认：最新的可用版本" },
    },
    cluster: {
      type: "text",
      short: "c",
      value: "NAME",
      complete: "cluster",
      summary: { en: "where its pods run", zh: "Pod 所在集群" },
    },
    namespace: { type: "text", short: "n", value: "NAME", summary: { en: "default: default", zh: "默认 default" } },
    ...WATCH_OPTIONS,
  },
  async run(context) {
    const body = await bodyOf(context, context.options);
    const client = connect(context);
    const call = { params: { project: context.globals.project }, headers: writeHeaders(), body };
    const run = await onceMore(context, () => client.call("startRun", call));
    return await settleStarted(context, { client, run, options: context.options });
  },
});

interface Asked {
  readonly input: readonly string[];
  readonly "input-file": string | undefined;
  readonly file: string | undefined;
  readonly "type-version": string | undefined;
  readonly cluster: string | undefined;
  readonly namespace: string | undefined;
}

async function bodyOf(context: Context, options: Asked) {
  const [type] = context.arguments;
  if ((type === undefined) === (options.file === undefined))
    throw usageFailure(
      { en: "say what to run: TYPE, or --file FILE", zh: "请指定要运行的内容：TYPE 或 --file 文件" },
      { en: "kubemin explain lists the types", zh: "kubemin explain 可列出类型" },
    );
  const given = {
    ...(options["input-file"] === undefined ? {} : await objectIn(context, options["input-file"])),
    ...Object.fromEntries(options.input.map(pairOf)),
  };
  const { cluster, namespace } = options;
  const place = { ...(cluster === undefined ? {} : { cluster }), ...(namespace === undefined ? {} : { namespace }) };
  if (type === undefined) {
    const document = await objectIn(context, options.file ?? "");
    return { ...place, document, inputs: given };
  }
  const version = options["type-version"];
  return { ...place, type, input: given, ...(version === undefined ? {} : { version }) };
}

async function objectIn(context: Context, file: string): Promise<JsonObject> {
  const source = await readSource(context, file);
  const read = readDocument(source.text, "auto");
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

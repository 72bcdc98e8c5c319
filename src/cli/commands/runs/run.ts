// kubemin run: runs a job type or a workflow without an application.
import { ApiError, type CallOf } from "../../../api/client.ts";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Priority } from "../../../model/run/run.ts";
import { nearestPosition, withPositions } from "../../../plan/read/locate.ts";
import { readDocument } from "../../../plan/read/read.ts";
import {
  type DeclaredType,
  declaredIn,
  type GivenInputs,
  INPUT_OPTIONS,
  inputsOf,
  objectOf,
} from "../../arguments/givenInputs.ts";
import { readSource } from "../../arguments/input.ts";
import { onceMore, printedProblems, writeHeaders } from "../../documents/deploySource.ts";
import { settleStarted, WATCH_OPTIONS } from "../../follow/watchToEnd.ts";
import { type Command, type CommandContext, defineCommand, type Options, type Values } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { usageFailure } from "../../grammar/failure.ts";
import { withTypeOptions } from "../../jobTypes/runType.ts";
import { printData } from "../../output/output.ts";
import { printProblems, type SourceText, toItem } from "../../output/problems.ts";
import { connect } from "../../reach/connect.ts";
import { type ApiPlan, printPlan } from "../../views/planView.ts";
import { RUN_OPTIONS } from "../shared.ts";

const OPTIONS = {
  ...INPUT_OPTIONS,
  file: RUN_OPTIONS.file,
  "type-version": {
    type: "text",
    value: "VERSION",
    summary: { en: "default: the newest active version", zh: "默认：最新的可用版本" },
  },
  cluster: RUN_OPTIONS.cluster,
  priority: RUN_OPTIONS.priority,
  at: {
    type: "text",
    value: "TIME",
    summary: { en: "start at this time, e.g. 2026-01-31T08:00:00Z", zh: "在该时刻开始，如 2026-01-31T08:00:00Z" },
  },
  plan: { type: "flag", summary: { en: "show the whole graph, start nothing", zh: "只显示完整的作业图，不启动" } },
  namespace: RUN_OPTIONS.namespace,
  ...WATCH_OPTIONS,
} as const satisfies Options;

export const runCommand: Command = defineCommand({
  name: "run",
  summary: {
    en: "run a job type, or the steps of a workflow document",
    zh: "运行一个作业类型，或一个工作流文件中的步骤",
  },
  details: {
    en: "Each field of the type's input is an option. Values of --input are read by their declared type: a string as it is written, all others as JSON (3, true, [1,2]). To list the fields of a type: kubemin explain job TYPE.",
    zh: "类型输入的每个字段都是一个选项。--input 的值按声明的类型读取：string 按原样读取，其他按 JSON 读取（3、true、[1,2]）。查看类型的字段：kubemin explain job TYPE。",
  },
  examples: [
    {
      line: "run ai-eval --model qwen --dataset mmlu",
      text: {
        en: "run one job; for its options: kubemin run ai-eval --help",
        zh: "运行一个作业；选项见 kubemin run ai-eval --help",
      },
    },
    {
      line: "run --file nightly.yaml --input day=monday",
      text: { en: "run a workflow with an input", zh: "运行工作流并给出输入" },
    },
  ],
  arguments: [{ name: "TYPE", optional: true, complete: "job-type", summary: { en: "a job type", zh: "作业类型" } }],
  options: OPTIONS,
  extend: (words, context) =>
    withTypeOptions(words, context, {
      plain: runCommand,
      // The options were parsed with this table, to which only the type's own options were added.
      start: (given, typed, declared) => start(given, given.options as Values<typeof OPTIONS>, { typed, declared }),
    }),
  run: (context) => start(context, context.options, { typed: {}, declared: () => undefined }),
});

interface Typed {
  /** The values that were given by options of the job type. */
  readonly typed: JsonObject;
  readonly declared: DeclaredType;
}

async function start(context: CommandContext, options: Values<typeof OPTIONS>, typed: Typed): Promise<number> {
  const asked = await askedFor(context, options, typed);
  if (asked === null) return EXIT.usage.code;
  const client = connect(context);
  const params = { project: context.globals.project };
  try {
    if (options.plan) return showGraph(context, asked, await client.call("planRun", { params, body: asked.body }));
    // "0s": the server answers immediately even if the type is synchronous, because this command watches the run
    // itself.
    const call = { params, query: { wait: "0s" }, headers: writeHeaders(), body: asked.body };
    const run = await onceMore(context, () => client.call("startRun", call));
    printProblems(context, ...placed(asked, run.workflow, run.warnings));
    return await settleStarted(context, { client, run, options });
  } catch (error) {
    if (!printed(context, asked, error)) throw error;
    return EXIT.usage.code;
  }
}

function showGraph(context: CommandContext, asked: RunArguments, plan: ApiPlan): number {
  if (printData(context, plan)) return EXIT.done.code;
  printPlan(context, plan);
  printProblems(context, ...placed(asked, plan.application, plan.warnings));
  return EXIT.done.code;
}

interface Wish extends GivenInputs {
  readonly file: string | undefined;
  readonly "type-version": string | undefined;
  readonly cluster: string | undefined;
  readonly namespace: string | undefined;
  readonly priority: string | undefined;
  readonly at: string | undefined;
}

interface RunArguments {
  readonly body: NonNullable<CallOf<"startRun">["body"]>;
  /** The document; `undefined` if a job type is run. */
  readonly source?: SourceText;
}

/** The request; `null` if the file is not a document, in which case the problems were printed. */
async function askedFor(
  context: CommandContext,
  options: Wish,
  { typed, declared }: Typed,
): Promise<RunArguments | null> {
  const [type] = context.arguments;
  if ((type === undefined) === (options.file === undefined))
    throw usageFailure(
      { en: "name what to run: TYPE, or --file FILE", zh: "请指定要运行的内容：TYPE 或 --file 文件" },
      { en: "kubemin explain lists the types", zh: "kubemin explain 可列出类型" },
    );
  const { cluster, namespace, priority, at } = options;
  const place = {
    ...(cluster === undefined ? {} : { cluster }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(priority === undefined ? {} : { priority: priority as Priority }), // one of its choices
    ...(at === undefined ? {} : { startAt: at }),
  };
  if (type === undefined) {
    const source = await readSource(context, options.file ?? "");
    const read = readDocument(source.text, "auto");
    if (!read.ok)
      printProblems(
        context,
        source,
        withPositions(read.problems, () => undefined).map((one) => toItem(one, context.language)),
      );
    if (!read.ok) return null;
    const inputs = await inputsOf(context, options, declaredIn(source));
    return { source, body: { ...place, document: objectOf(source), inputs } };
  }
  const given = { ...(await inputsOf(context, options, declared)), ...typed };
  const version = options["type-version"];
  return { body: { ...place, type, input: given, ...(version === undefined ? {} : { version }) } };
}

/** Prints the error if it is a list of problems, with lines of the file or names of options. Returns whether it did. */
function printed(context: CommandContext, asked: RunArguments, error: unknown): boolean {
  if (!(error instanceof ApiError) || error.body.problems === undefined) return false;
  const [source, problems] = placed(asked, "--input", error.body.problems);
  return printedProblems(context, source, new ApiError(error.status, { ...error.body, problems: [...problems] }));
}

type Told = NonNullable<ApiError["body"]["problems"]>;

/** The problems with their lines in the file. If there is no file, `name` is shown in its place. */
function placed({ source }: RunArguments, name: string, problems: Told): [source: SourceText, problems: Told] {
  if (source === undefined) return [{ file: name, text: "" }, problems];
  const read = readDocument(source.text, "auto");
  const at = (pointer: string) => (read.ok ? nearestPosition(pointer, read.locate) : undefined);
  const told = problems.map((one) => {
    const pointer = one.pointer.replace(/^\/document/, "");
    // A message may name a second place by its pointer into the request, because the server does not know the lines.
    const message = one.message.replace(/\/document(\/[^\s:,]+)/g, (_, other: string) => {
      const place = at(other);
      return place === undefined ? other : `${place.line}:${place.column}`;
    });
    return { ...one, ...at(pointer), pointer, message };
  });
  return [source, told];
}

// kubemin schedule: manages runs that start at set times. The server starts them: src/engine/schedules/.
import type { AnswerOf, Client } from "../../../api/client.ts";
import type { Priority } from "../../../model/run/run.ts";
import { MISSED, type Missed, OVERLAPS, type Overlap } from "../../../model/run/schedule.ts";
import { declaredIn, type GivenInputs, INPUT_OPTIONS, inputsOf, objectOf } from "../../arguments/givenInputs.ts";
import { readSource } from "../../arguments/input.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { usageFailure } from "../../grammar/failure.ts";
import { declaredBy, typeInputOf } from "../../jobTypes/typeOptions.ts";
import { printListing } from "../../output/output.ts";
import { connect } from "../../reach/connect.ts";
import { RUN_OPTIONS } from "../shared.ts";

type ApiSchedule = AnswerOf<"getSchedule">;

export const scheduleCommand = defineCommand({
  name: "schedule",
  summary: { en: "manage runs that start at set times", zh: "管理定时开始的运行" },
  details: {
    en: "Times that passed while no server was running are skipped; with --missed once, one run makes up for them. If the previous run has not ended yet, --overlap decides what happens.",
    zh: "没有服务器运行时错过的时刻会被跳过；使用 --missed once 则补一次运行。上一次的运行尚未结束时，由 --overlap 决定如何处理。",
  },
  examples: [
    {
      line: "schedule set nightly --cron '0 2 * * *' --time-zone Europe/Berlin --file nightly.yaml",
      text: { en: "a workflow, every night at two", zh: "每晚两点运行一个工作流" },
    },
    {
      line: "schedule set eval --cron @hourly --type ai-eval --input model=qwen --overlap cancel",
      text: {
        en: "a job type, every hour; a run that takes longer is cancelled",
        zh: "每小时运行一个作业类型；到下一次时仍未结束的运行会被取消",
      },
    },
    { line: "schedule", text: { en: "all schedules, with their next time", zh: "所有计划及其下一次时间" } },
    {
      line: "schedule pause nightly",
      text: { en: "start no runs until it is resumed", zh: "暂停，恢复前不再启动运行" },
    },
  ],
  arguments: [
    {
      name: "list|set|show|pause|resume|remove",
      optional: true,
      choices: ["list", "set", "show", "pause", "resume", "remove"],
      summary: { en: "default: list", zh: "默认：list" },
    },
    { name: "NAME", optional: true, summary: { en: "name of the schedule", zh: "计划名称" } },
  ],
  options: {
    cron: {
      type: "text",
      value: "CRON",
      summary: { en: "minute hour day month weekday, or @daily and the like", zh: "分 时 日 月 星期，或 @daily 等" },
    },
    "time-zone": { type: "text", value: "ZONE", summary: { en: "default: UTC", zh: "默认 UTC" } },
    type: { type: "text", value: "TYPE", summary: { en: "the job type to run", zh: "要运行的作业类型" } },
    file: RUN_OPTIONS.file,
    ...INPUT_OPTIONS,
    overlap: {
      type: "text",
      value: "WHAT",
      choices: OVERLAPS,
      summary: {
        en: "what to do if the previous run has not ended (default: skip)",
        zh: "上一次运行未结束时如何处理（默认 skip）",
      },
    },
    missed: {
      type: "text",
      value: "WHAT",
      choices: MISSED,
      summary: { en: "what to do about missed times (default: skip)", zh: "如何处理错过的时刻（默认 skip）" },
    },
    priority: RUN_OPTIONS.priority,
    cluster: RUN_OPTIONS.cluster,
    namespace: RUN_OPTIONS.namespace,
  },
  async run(context) {
    const client = connect(context);
    const [action = "list", name] = context.arguments;
    const { project } = context.globals;
    if (action === "list") return show(context, await client.call("listSchedules", { params: { project } }));
    if (name === undefined)
      throw usageFailure(
        { en: "kubemin schedule {action} needs a NAME", zh: "kubemin schedule {action} 缺少名称" },
        { en: "see: kubemin schedule --help", zh: "参见：kubemin schedule --help" },
        { action },
      );
    const params = { project, schedule: name };
    if (action === "set") return show(context, await set(context, client, { params, options: context.options }));
    if (action === "pause") return show(context, await client.call("pauseSchedule", { params }));
    if (action === "resume") return show(context, await client.call("resumeSchedule", { params }));
    if (action === "show") return show(context, await client.call("getSchedule", { params }));
    await client.call("removeSchedule", { params });
    const text = {
      en: "{name} starts no more runs; runs that it started continue",
      zh: "{name} 不再启动新的运行；已启动的运行继续",
    };
    context.terminal.stderr.write(`${context.say(text, { name })}\n`);
    return EXIT.done.code;
  },
});

interface Wish extends GivenInputs {
  readonly cron: string | undefined;
  readonly "time-zone": string | undefined;
  readonly type: string | undefined;
  readonly file: string | undefined;
  readonly overlap: string | undefined;
  readonly missed: string | undefined;
  readonly priority: string | undefined;
  readonly cluster: string | undefined;
  readonly namespace: string | undefined;
}

async function set(
  context: CommandContext,
  client: Client,
  { params, options }: { readonly params: { project: string; schedule: string }; readonly options: Wish },
): Promise<ApiSchedule> {
  const { cron, type, file, overlap, missed, priority, cluster, namespace } = options;
  if (cron === undefined || (type === undefined) === (file === undefined))
    throw usageFailure(
      { en: "a schedule needs --cron, and --type or --file", zh: "计划需要 --cron，以及 --type 或 --file" },
      { en: "see: kubemin schedule --help", zh: "参见：kubemin schedule --help" },
    );
  const what =
    type === undefined ? await workflowOf(context, file ?? "", options) : await typeOf(context, type, options);
  // The parser has checked that each value is one of the choices of its option.
  const run = { ...what, ...present({ priority: priority as Priority | undefined, cluster, namespace }) };
  const policies = { overlap: overlap as Overlap | undefined, missed: missed as Missed | undefined };
  const body = { cron, run, ...present({ timeZone: options["time-zone"], ...policies }) };
  return await client.call("putSchedule", { params, body });
}

async function workflowOf(context: CommandContext, file: string, options: Wish) {
  const source = await readSource(context, file);
  return { document: objectOf(source), inputs: await inputsOf(context, options, declaredIn(source)) };
}

async function typeOf(context: CommandContext, type: string, options: Wish) {
  // If the type cannot be fetched, its fields have no declared types; the server refuses the schedule with its own
  // error.
  const declared = await typeInputOf(context, type, undefined).then(declaredBy, () => () => undefined);
  return { type, input: await inputsOf(context, options, declared) };
}

function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }; // the fields of `values` that have a value
}

function show(context: CommandContext, data: ApiSchedule | AnswerOf<"listSchedules">): number {
  printListing<ApiSchedule>(context, {
    rows: "items" in data ? data.items : [data],
    columns: [
      { header: { en: "schedule", zh: "计划" }, cell: (row) => row.name },
      { header: { en: "cron", zh: "cron" }, cell: (row) => `${row.cron} ${row.timeZone}` },
      { header: { en: "next", zh: "下一次" }, cell: (row) => nextOf(context, row) },
      { header: { en: "last", zh: "上一次" }, cell: (row) => row.last?.at ?? "" },
      { header: { en: "run", zh: "运行" }, cell: (row) => row.last?.run ?? "" },
      { header: { en: "outcome", zh: "结果" }, cell: (row) => outcomeOf(context, row) },
      { header: { en: "overlap", zh: "重叠" }, wide: true, cell: (row) => row.overlap },
      { header: { en: "missed", zh: "错过" }, wide: true, cell: (row) => row.missed },
    ],
    name: (row) => row.name,
    data,
    empty: { en: "no schedules", zh: "没有计划" },
  });
  return EXIT.done.code;
}

function nextOf(context: CommandContext, { pausedBy, nextAt }: ApiSchedule): string {
  if (pausedBy !== null) return context.say({ en: "paused by {actor}", zh: "被 {actor} 暂停" }, { actor: pausedBy });
  return nextAt ?? context.say({ en: "never", zh: "不会再有" });
}

function outcomeOf(context: CommandContext, { last }: ApiSchedule): string {
  if (last === null) return "";
  if (last.problem !== null) return last.problem;
  if (last.skipped === "overlap")
    return context.say({ en: "skipped: the previous run had not ended", zh: "已跳过：上次运行未结束" });
  if (last.skipped === "missed")
    return context.say({ en: "skipped: no server was running", zh: "已跳过：当时没有服务器运行" });
  return context.say({ en: "started", zh: "已开始" });
}

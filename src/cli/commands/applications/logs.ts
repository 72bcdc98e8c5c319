// kubemin logs: prints the logs of all pods of an application or component, merged; or, with --run, the stored logs of
// tasks.
import type { AnswerOf, Client } from "../../../api/client.ts";
import { listed } from "../../../model/data/text.ts";
import { readName } from "../../../model/kubernetes/name.ts";
import { PHASES } from "../../../model/run/phase.ts";
import { askedOf, findRun, runByNumber, runName } from "../../follow/findRun.ts";
import { followLogs, type LogQuery } from "../../follow/followLogs.ts";
import { sayMissingLogs } from "../../follow/missingLogs.ts";
import type { ApiJob, ApiRun } from "../../follow/progress/progress.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { Failure, usageFailure } from "../../grammar/failure.ts";
import { type ApiLogLine, logPrinter } from "../../output/logPrinter.ts";
import { connect } from "../../reach/connect.ts";
import { splitPlace } from "../shared.ts";

/** How many stored lines of each job are printed. Default of --tail with --run. */
const SHOWN = 1_000;
const LAST = {
  en: "the last {shown} of {total} stored lines; --tail N shows more, at most 10000 of each task",
  zh: "共保存 {total} 行，仅显示最后 {shown} 行；--tail N 可显示更多，每个任务最多 10000 行",
} as const;

export const logsCommand = defineCommand({
  name: "logs",
  summary: {
    en: "print the logs of an application or component, all pods merged, or the stored logs of a run",
    zh: "输出应用或组件的日志（合并所有 Pod），或运行已保存的日志",
  },
  examples: [
    { line: "logs shop/web -f --since 10m", text: { en: "follow one component", zh: "跟踪单个组件" } },
    { line: "logs shop/migrate --run 3", text: { en: "the stored log of a task", zh: "任务已保存的日志" } },
    { line: "logs ai-eval", text: { en: "the newest run of a job type", zh: "某作业类型最新的运行" } },
  ],
  arguments: [
    {
      name: "APP[/COMPONENT]|RUN[/JOB]",
      complete: "application",
      summary: {
        en: "an application or one of its components; or a run (its id, APP#3, or a job type) or one of its jobs",
        zh: "应用或其组件；或运行（编号、应用#序号、作业类型）或其作业",
      },
    },
  ],
  options: {
    follow: { type: "flag", short: "f", summary: { en: "continue until Ctrl-C", zh: "持续输出，直到 Ctrl-C" } },
    since: {
      type: "duration",
      value: "DURATION",
      summary: { en: "only lines that are not older than this, e.g. 10m", zh: "只看最近一段时间，如 10m" },
    },
    tail: {
      type: "number",
      short: "n",
      value: "N",
      summary: { en: "only the last N lines of each container", zh: "只看每个容器的最后 N 行" },
    },
    previous: {
      type: "flag",
      summary: { en: "logs of the containers before their last restart", zh: "容器上次重启之前的日志" },
    },
    grep: {
      type: "text",
      value: "PATTERN",
      summary: { en: "only lines that match this regular expression", zh: "只看匹配该正则的行" },
    },
    run: {
      type: "text",
      value: "RUN",
      complete: "run",
      summary: { en: "the stored logs of the tasks of this run", zh: "该运行中任务已保存的日志" },
    },
  },
  async run(context) {
    const client = connect(context);
    const { options } = context;
    const { application, component } = splitPlace(context.arguments[0] ?? "");
    const print = logPrinter(context, options.grep === undefined ? undefined : pattern(options.grep));
    const limit = options.tail ?? SHOWN;
    const printStored = (run: ApiRun): Promise<number> =>
      printKept(context, client, { run, part: component, limit, print });
    if (options.run !== undefined)
      return await printStored(await runOf(context, client, { application, word: options.run }));
    const query: LogQuery = {
      ...(component === undefined ? {} : { component }),
      ...(options.tail === undefined ? {} : { tail: options.tail }),
      ...(options.since === undefined ? {} : { since: Math.max(1, Math.ceil(options.since / 1_000)) }),
      previous: options.previous ? "true" : "false",
    };
    let printed = 0;
    const counting = (line: ApiLogLine): void => {
      printed += 1;
      print(line);
    };
    const printLive = async (): Promise<number> => {
      const exit = await followLogs(context, client, { application, query, follow: options.follow, print: counting });
      if (printed === 0 && !options.follow) await sayWhyNone(context, client, { application, component });
      return exit;
    };
    return await askedOf({ context, client, word: application }, { application: printLive, run: printStored });
  },
});

interface Kept {
  readonly run: ApiRun;
  /** A component, a job or a step of the run. `undefined` for all its jobs. */
  readonly part: string | undefined;
  readonly limit: number;
  readonly print: (line: ApiLogLine) => void;
}

async function printKept(context: CommandContext, client: Client, { run, part, limit, print }: Kept): Promise<number> {
  const jobs = run.jobs.filter((job) => isPart(job, part));
  if (jobs.length === 0)
    throw new Failure(NO_JOB, { name: part ?? "", run: runName(run), jobs: listed(run.jobs.map((job) => job.name)) });
  const { lines, total, without } = await keptLines(context, client, { run, jobs, limit });
  if (lines.length < total) context.terminal.stderr.write(`${context.say(LAST, { shown: lines.length, total })}\n`);
  for (const line of lines) print(line);
  // Most jobs of a deploy run have no stored log. Only when nothing was printed, the reasons are asked for.
  if (total === 0) sayMissingLogs(context, without);
  return EXIT.done.code;
}

const NO_JOB = {
  code: "NotFound",
  exit: EXIT.notFound.code,
  text: { en: "run {run} has no job {name}", zh: "运行 {run} 没有作业 {name}" },
  advice: { en: "its jobs: {jobs}", zh: "其作业：{jobs}" },
} as const;

function isPart({ name, component, step }: ApiJob, part: string | undefined): boolean {
  return part === undefined || component === part || name === part || step?.at(-1) === part;
}

/** Says why an application, or a component, has no pod that could have a log, if its newest run knows. */
async function sayWhyNone(
  context: CommandContext,
  client: Client,
  { application, component }: { readonly application: string; readonly component: string | undefined },
): Promise<void> {
  const run = await findRun(context, client, application).catch(() => undefined);
  const jobs = (run?.jobs ?? []).filter((job) => isPart(job, component) && readName(job.component) !== null);
  sayMissingLogs(
    context,
    jobs.filter(({ phase }) => !PHASES[phase].ran),
  );
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, "u");
  } catch {
    throw usageFailure(
      { en: "--grep: {text} is not a regular expression", zh: "--grep：{text} 不是正则表达式" },
      { en: "put a \\ before characters like ( [ * +", zh: "请在 ( [ * + 等字符前加 \\" },
      { text },
    );
  }
}

async function runOf(
  context: CommandContext,
  client: Client,
  asked: { application: string; word: string },
): Promise<ApiRun> {
  return /^\d+$/.test(asked.word)
    ? await runByNumber(context, client, { application: asked.application, number: Number(asked.word) })
    : await findRun(context, client, asked.word);
}

async function keptLines(
  context: CommandContext,
  client: Client,
  asked: { readonly run: ApiRun; readonly jobs: readonly ApiJob[]; readonly limit: number },
): Promise<{
  readonly lines: AnswerOf<"getJobLog">["items"];
  readonly total: number;
  readonly without: readonly ApiJob[];
}> {
  const { run, jobs, limit } = asked;
  const logs = await Promise.all(
    jobs.map((job) =>
      client.call("getJobLog", {
        params: { project: context.globals.project, run: run.id, job: job.name },
        query: { limit: Math.min(10_000, Math.max(1, limit)) },
      }),
    ),
  );
  const lines = logs.flatMap(({ items }) => items).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const without = jobs.filter((_, index) => logs[index]?.total === 0);
  return { lines, total: logs.reduce((sum, one) => sum + one.total, 0), without };
}

// kubemin logs: prints the logs of all pods of an application or component, merged; or, with --run, the stored logs of
// tasks.
import type { AnswerOf, Client } from "../../../api/client.ts";
import { findRun, runByNumber } from "../../follow/findRun.ts";
import { followLogs, type LogQuery } from "../../follow/followLogs.ts";
import type { ApiRun } from "../../follow/progress/progress.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { usageFailure } from "../../grammar/failure.ts";
import { logPrinter } from "../../output/logPrinter.ts";
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
    en: "print the logs of an application or component, all pods merged",
    zh: "输出应用或组件的日志，合并所有 Pod",
  },
  examples: [
    { line: "logs shop/web -f --since 10m", text: { en: "follow one component", zh: "跟踪单个组件" } },
    { line: "logs shop/migrate --run 3", text: { en: "the stored log of a task", zh: "任务已保存的日志" } },
  ],
  arguments: [
    {
      name: "APP[/COMPONENT]",
      complete: "application",
      summary: { en: "an application or one of its components", zh: "应用或其组件" },
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
    if (options.run !== undefined) {
      const run = await runOf(context, client, { application, word: options.run });
      const { lines, total } = await keptLines(context, client, { run, component, limit: options.tail ?? SHOWN });
      if (lines.length < total) context.terminal.stderr.write(`${context.say(LAST, { shown: lines.length, total })}\n`);
      for (const line of lines) print(line);
      return EXIT.done.code;
    }
    const query: LogQuery = {
      ...(component === undefined ? {} : { component }),
      ...(options.tail === undefined ? {} : { tail: options.tail }),
      ...(options.since === undefined ? {} : { since: Math.max(1, Math.ceil(options.since / 1_000)) }),
      previous: options.previous ? "true" : "false",
    };
    return await followLogs(context, client, { application, query, follow: options.follow, print });
  },
});

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
  asked: { readonly run: ApiRun; readonly component: string | undefined; readonly limit: number },
): Promise<{ readonly lines: AnswerOf<"getJobLog">["items"]; readonly total: number }> {
  const { run, component, limit } = asked;
  const jobs = run.jobs.filter((job) => component === undefined || job.component === component);
  const logs = await Promise.all(
    jobs.map((job) =>
      client.call("getJobLog", {
        params: { project: context.globals.project, run: run.id, job: job.name },
        query: { limit: Math.min(10_000, Math.max(1, limit)) },
      }),
    ),
  );
  const lines = logs.flatMap(({ items }) => items).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return { lines, total: logs.reduce((sum, one) => sum + one.total, 0) };
}

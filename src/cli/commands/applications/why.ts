// kubemin why: explains the state of an application or a run in one sentence that names the root cause, followed by the
// evidence. The server finds the cause: src/engine/answering/.
import type { z } from "zod";
import type { Client } from "../../../api/client.ts";
import type { WhyView } from "../../../api/views.ts";
import { momentOf } from "../../arguments/moment.ts";
import { askedOf, findRun, newestRunAt, runById } from "../../follow/findRun.ts";
import type { ApiRun } from "../../follow/progress/progress.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { printData } from "../../output/output.ts";
import { connect } from "../../reach/connect.ts";
import { phaseWord } from "../../terminal/style.ts";
import { oneLine } from "../../terminal/width.ts";
import { splitPlace } from "../shared.ts";

export const whyCommand = defineCommand({
  name: "why",
  summary: {
    en: "explain in one sentence why an application or a run is in its present state",
    zh: "用一句话说明应用或运行为何处于当前状态",
  },
  examples: [
    { line: "why shop", text: { en: "the application", zh: "整个应用" } },
    { line: "why shop/web", text: { en: "one component, or one step of its workflow", zh: "单个组件或工作流步骤" } },
    { line: "why shop#3", text: { en: "run 3 of shop", zh: "shop 的运行 3" } },
    {
      line: "why 01hq3v/scan",
      text: { en: "a step of a run without an application", zh: "不属于任何应用的运行中的一个步骤" },
    },
    {
      line: "why shop#3/deploy --at 14:03",
      text: {
        en: "why the step did not run at that time, and which values decided it",
        zh: "该步骤当时为何没有执行，由哪些值决定",
      },
    },
  ],
  arguments: [
    {
      name: "APP[/COMPONENT]|RUN[/STEP]",
      complete: "application",
      summary: {
        en: "an application or one of its components or steps; or a run (its id, or APP#3) or one of its steps",
        zh: "应用及其组件或步骤；或运行（编号或 APP#3）及其步骤",
      },
    },
  ],
  options: {
    at: {
      type: "text",
      value: "TIME",
      summary: {
        en: "the state of the run at a moment (2026-11-23T14:03:11Z), at a time of today (14:03), or some time ago (10m)",
        zh: "运行在某一时刻的状态：时刻（2026-11-23T14:03:11Z）、今天的时间（14:03）或多久以前（10m）",
      },
    },
  },
  async run(context) {
    const { at } = context.options;
    const word = context.arguments[0] ?? "";
    const client = connect(context);
    const data =
      at === undefined
        ? await explain(context, client, word)
        : await explainAt(context, client, { word, at: momentOf(at, context.terminal.now()) });
    if (printData(context, data)) return EXIT.done.code;
    const { stdout } = context.terminal;
    stdout.write(`${data.sentence}\n`);
    for (const [depth, link] of data.chain.entries()) {
      const indent = "  ".repeat(depth + 1);
      stdout.write(`${indent}${link.subject}: ${oneLine(link.reason.message)}\n`);
      for (const evidence of link.evidence) stdout.write(`${indent}  ${evidenceLine(evidence)}\n`);
    }
    if (data.moment !== undefined) printMoment(context, data.moment);
    return EXIT.done.code;
  },
});

function evidenceLine({ object, source, text }: Why["chain"][number]["evidence"][number]): string {
  return `${object} (${source}): ${oneLine(text)}`;
}

function printMoment(context: CommandContext, { jobs, more }: NonNullable<Why["moment"]>): void {
  const { stdout } = context.terminal;
  for (const { name, phase, reason, evidence } of jobs) {
    stdout.write(`${phaseWord(phase, context.language)} ${name}: ${oneLine(reason.message)}\n`);
    for (const one of evidence) stdout.write(`    ${evidenceLine(one)}\n`);
  }
  if (more > 0) stdout.write(`${context.say({ en: "and {count} more", zh: "另有 {count} 个" }, { count: more })}\n`);
}

type Why = z.output<typeof WhyView>;

async function explain(context: CommandContext, client: Client, word: string): Promise<Why> {
  const { application, component: part } = splitPlace(word);
  const params = { project: context.globals.project, application };
  const query = part === undefined ? {} : { component: part };
  return await askedOf<Why>(
    { context, client, word: application },
    {
      application: () => client.call("explainWhy", { params, query }),
      run: (run) => explainRun(context, client, { run, part }),
    },
  );
}

/** Explains a past state: of the named run, or of the run that was the application's newest at that time. */
async function explainAt(
  context: CommandContext,
  client: Client,
  { word, at }: { readonly word: string; readonly at: Date },
): Promise<Why> {
  const { application: name, component: part } = splitPlace(word);
  const byName = name.includes("#") ? await findRun(context, client, name) : await runById(context, client, name);
  const run = byName ?? (await newestRunAt(context, client, { name, at }));
  return await explainRun(context, client, { run, part, at: at.toISOString() });
}

async function explainRun(
  context: CommandContext,
  client: Client,
  { run, part, at }: { readonly run: Pick<ApiRun, "id">; readonly part: string | undefined; readonly at?: string },
): Promise<Why> {
  const params = { project: context.globals.project, run: run.id };
  const query = { ...(part === undefined ? {} : { job: part }), ...(at === undefined ? {} : { at }) };
  return await client.call("explainRun", { params, query });
}

// kubemin status: lists the applications, or shows the present health of one application and the reasons.
import type { z } from "zod";
import type { AnswerOf, Client } from "../../../api/client.ts";
import type { ApplicationSummaryView, ComponentStatus, StatusView } from "../../../api/views.ts";
import type { Localized } from "../../../model/data/text.ts";
import { runStateRow, runStateWord } from "../../../model/run/runState.ts";
import { askedOf, runName } from "../../follow/findRun.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { repeatedTexts, runWhy } from "../../output/attempts.ts";
import { age, type Column, printListing } from "../../output/output.ts";
import { clusterLabel } from "../../output/sandbox.ts";
import { connect } from "../../reach/connect.ts";
import { allPages } from "../../reach/pages.ts";
import { HEALTH, healthWord, painter } from "../../terminal/style.ts";
import { printRun } from "../../views/runJobs.ts";
import { APPLICATION_OR_RUN } from "../shared.ts";

type Status = z.output<typeof StatusView>;
type Summary = z.output<typeof ApplicationSummaryView>;
type RunRow = AnswerOf<"listRuns">["items"][number];
type ApiComponent = z.output<typeof ComponentStatus>;

export const statusCommand = defineCommand({
  name: "status",
  summary: {
    en: "show the health of applications and their components, or the jobs of a run",
    zh: "应用及组件的健康状况，或一个运行的作业",
  },
  examples: [
    {
      line: "status",
      text: { en: "all applications, and the unfinished runs of job types", zh: "所有应用，以及作业类型未结束的运行" },
    },
    { line: "status shop", text: { en: "components, last run, reasons, addresses", zh: "组件、最近运行、原因、地址" } },
  ],
  arguments: [{ ...APPLICATION_OR_RUN, optional: true }],
  options: {},
  async run(context) {
    const client = connect(context);
    const [word] = context.arguments;
    if (word === undefined) return await listAll(context, client);
    const params = { project: context.globals.project, application: word };
    return await askedOf(
      { context, client, word },
      {
        application: async () => printStatus(context, await client.call("getStatus", { params })),
        run: async (run) => {
          printRun(context, run);
          return EXIT.done.code;
        },
      },
    );
  },
});

function printStatus(context: CommandContext, status: Status): number {
  if (context.globals.output === "table" || context.globals.output === "wide") printHead(context, status);
  printListing(context, {
    rows: status.components,
    columns: componentColumns(context),
    name: (row) => `${status.name}/${row.name}`,
    data: status,
    empty: { en: "no components", zh: "没有组件" },
  });
  if (context.terminal.stdout.isTTY && (context.globals.output === "table" || context.globals.output === "wide"))
    for (const address of status.addresses) context.terminal.stdout.write(`${address}\n`);
  return EXIT.done.code;
}

/** Prints the line about the whole application; it goes to stderr in a pipe, because a script reads only the rows. */
function printHead(context: CommandContext, status: Status): void {
  const output = context.terminal.stdout.isTTY ? context.terminal.stdout : context.terminal.stderr;
  const paint = painter(context.terminal, output);
  const run = status.lastRun;
  const parts = [
    status.name,
    paint(HEALTH[status.health].tone, healthWord(status.health, context.language)),
    `v${status.revision}`,
    clusterLabel(context, { name: status.cluster, kind: status.clusterKind }),
    status.namespace,
    ...(run === null
      ? []
      : [
          `${context.say({ en: "run {number}", zh: "运行 {number}" }, { number: run.number })} ${paint(runStateRow(run.state).tone, runStateWord(run.state, context.language))}${run.reason === undefined ? "" : `: ${run.reason.message}`}${run.finishedAt === null ? "" : ` ${age(context, run.finishedAt)}`}`,
        ]),
  ];
  output.write(`${parts.join(" · ")}\n`);
}

/** The reason column. Drift comes first, because the component may be healthy all the same. */
function whyText(context: CommandContext, { reason, drift = [], before, repeated }: ApiComponent): string {
  const first = drift.length === 0 ? [] : [driftText(context, drift)];
  const told = before === undefined ? [] : [beforeText(context, before)];
  const isReady = reason.code === "Ready" && first.length + told.length > 0;
  return [...first, ...told, ...(isReady ? [] : [reason.message]), ...repeatedTexts(context, repeated)].join("; ");
}

/** The version before, which still serves while the new one is not ready. */
function beforeText(context: CommandContext, { ready, pods, revision }: NonNullable<ApiComponent["before"]>): string {
  const name = revision === undefined ? context.say({ en: "the previous version", zh: "旧版本" }) : `v${revision}`;
  const text =
    ready === 0
      ? { en: "{name} is still there, 0 of {pods} ready", zh: "{name} 仍在，{pods} 个中 0 个就绪" }
      : { en: "{name} still serves, {ready} of {pods} ready", zh: "{name} 仍在服务，{pods} 个中 {ready} 个就绪" };
  return context.say(text, { name, ready, pods });
}

function driftText(context: CommandContext, drift: NonNullable<ApiComponent["drift"]>): string {
  const fields = drift.reduce((sum, one) => sum + one.fields.length, 0);
  const gone = drift.filter((one) => one.gone).map((one) => `${one.object.kind}/${one.object.name}`);
  const managers = [...new Set(drift.flatMap((one) => one.managers))].join(", ");
  const parts = [
    ...(fields === 0
      ? []
      : [context.say({ en: fields === 1 ? "1 field" : "{fields} fields", zh: "{fields} 个字段" }, { fields })]),
    ...(gone.length === 0
      ? []
      : [context.say({ en: "{gone} no longer exists", zh: "{gone} 已不存在" }, { gone: gone.join(", ") })]),
    ...(managers === "" ? [] : [context.say({ en: "by {managers}", zh: "由 {managers} 修改" }, { managers })]),
  ];
  return `${context.say({ en: "drifted", zh: "已偏离" })}: ${parts.join(", ")}`;
}

function componentColumns(context: CommandContext): readonly Column<ApiComponent>[] {
  return [
    { header: { en: "component", zh: "组件" }, cell: (row) => row.name },
    { header: { en: "type", zh: "类型" }, cell: (row) => row.type },
    {
      header: { en: "health", zh: "健康" },
      cell: (row) => healthWord(row.health, context.language),
      raw: (row) => row.health,
      tone: (row) => HEALTH[row.health].tone,
    },
    {
      header: { en: "ready", zh: "就绪" },
      cell: (row) => (row.wanted === undefined ? "" : `${row.ready ?? 0}/${row.wanted}`),
    },
    { header: { en: "state", zh: "状态" }, wide: true, cell: (row) => row.state },
    {
      header: { en: "objects", zh: "对象" },
      wide: true,
      cell: (row) => row.objects.map((one) => `${one.object.kind}/${one.object.name}`).join(","),
    },
    { header: { en: "why", zh: "原因" }, cell: (row) => whyText(context, row) },
  ];
}

/** The most runs without an application that are listed. */
const MOST_RUNS = 50;

async function listAll(context: CommandContext, client: Client): Promise<number> {
  const params = { project: context.globals.project };
  const query = { application: "", phase: "running", limit: MOST_RUNS } as const;
  const runs = await client.call("listRuns", { params, query });
  const data = await allPages((after) => client.call("listApplications", { params, query: { limit: 200, ...after } }));
  printListing(context, {
    rows: data.items,
    columns: summaryColumns(context),
    name: (row) => row.name,
    data: { ...data, runs: runs.items },
    empty: {
      en: "no applications yet; start with: kubemin init && kubemin deploy app.yaml",
      zh: "还没有应用；从这里开始：kubemin init && kubemin deploy app.yaml",
    },
  });
  const { output } = context.globals;
  if (runs.items.length > 0 && output !== "json" && output !== "yaml") listRuns(context, runs);
  return EXIT.done.code;
}

function listRuns(context: CommandContext, data: AnswerOf<"listRuns">): void {
  const { stderr } = context.terminal;
  const say = (text: Localized): void => stderr.write(`${context.say(text)}\n`);
  say({ en: "\nunfinished runs without an application:", zh: "\n不属于任何应用的未结束运行：" });
  printListing(context, {
    rows: data.items,
    columns: runColumns(context),
    name: runName,
    data,
    empty: { en: "none", zh: "无" },
  });
  if (data.next !== null)
    say({
      en: "and more; see: kubemin runs --phase unfinished",
      zh: "还有更多；参见：kubemin runs --phase unfinished",
    });
}

/** The same columns as for applications, so that a script finds the state and the place of both in the same column. */
function runColumns(context: CommandContext): readonly Column<RunRow>[] {
  return [
    { header: { en: "run", zh: "运行" }, cell: runName },
    { header: { en: "type", zh: "类型" }, cell: (row) => row.workflow },
    {
      header: { en: "state", zh: "状态" },
      cell: (row) => runStateWord(row.state, context.language),
      raw: (row) => row.state,
      tone: (row) => runStateRow(row.state).tone,
    },
    { header: { en: "started", zh: "开始" }, cell: (row) => age(context, row.createdAt), raw: (row) => row.createdAt },
    {
      header: { en: "cluster", zh: "集群" },
      cell: (row) => clusterLabel(context, { name: row.cluster, kind: row.clusterKind }),
    },
    { header: { en: "namespace", zh: "命名空间" }, cell: (row) => row.namespace },
    { header: { en: "why", zh: "原因" }, cell: (row) => runWhy(context, row) },
  ];
}

function summaryColumns(context: CommandContext): readonly Column<Summary>[] {
  return [
    { header: { en: "application", zh: "应用" }, cell: (row) => row.name },
    { header: { en: "revision", zh: "修订版本" }, cell: (row) => `v${row.revision}` },
    {
      header: { en: "last run", zh: "最近运行" },
      cell: (row) => (row.lastRun === null ? "–" : runStateWord(row.lastRun.state, context.language)),
      raw: (row) => row.lastRun?.state ?? "",
      tone: (row) => (row.lastRun === null ? "muted" : runStateRow(row.lastRun.state).tone),
    },
    { header: { en: "updated", zh: "更新" }, cell: (row) => age(context, row.updatedAt), raw: (row) => row.updatedAt },
    {
      header: { en: "cluster", zh: "集群" },
      cell: (row) => clusterLabel(context, { name: row.cluster, kind: row.clusterKind }),
    },
    { header: { en: "namespace", zh: "命名空间" }, cell: (row) => row.namespace },
    { header: { en: "why", zh: "原因" }, cell: (row) => row.lastRun?.reason?.message ?? "" },
  ];
}

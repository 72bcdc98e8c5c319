// kubemin runs: lists runs with their state, actor and time, the newest first.

import type { z } from "zod";
import type { RunSummary } from "../../../api/views.ts";
import { formatDuration } from "../../../model/document/duration.ts";
import { readName } from "../../../model/kubernetes/name.ts";
import { DECIDING } from "../../../model/run/phase.ts";
import { runStateRow, runStateWord, UNFINISHED_STATES } from "../../../model/run/runState.ts";
import { runName } from "../../follow/findRun.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { runWhy } from "../../output/attempts.ts";
import { age, type Column, printListing } from "../../output/output.ts";
import { clusterLabel } from "../../output/sandbox.ts";
import { connect } from "../../reach/connect.ts";
import { APPLICATION_ARGUMENT } from "../shared.ts";

const UNFINISHED = "unfinished";
const ENDINGS = ["succeeded", ...DECIDING] as const;
const CHOICES = [UNFINISHED, ...UNFINISHED_STATES, ...ENDINGS];

type Row = z.output<typeof RunSummary>;

export const runsCommand = defineCommand({
  name: "runs",
  summary: { en: "list runs, newest first", zh: "列出运行，最新在前" },
  examples: [
    { line: "runs", text: { en: "the runs of all applications", zh: "所有应用的运行" } },
    { line: "runs shop --phase failed --limit 5", text: { en: "failed runs of shop", zh: "shop 的失败运行" } },
    {
      line: "runs --type ai-eval --phase pending",
      text: { en: "runs of a job type that wait for capacity", zh: "某作业类型中正在等待资源的运行" },
    },
  ],
  arguments: [{ ...APPLICATION_ARGUMENT, optional: true }],
  options: {
    phase: {
      type: "text",
      value: "PHASE",
      choices: CHOICES,
      summary: {
        en: "only runs in this state; unfinished: all that have not ended",
        zh: "只看处于该状态的运行；unfinished 表示所有未结束的运行",
      },
    },
    type: {
      type: "text",
      value: "NAME",
      complete: "job-type",
      summary: {
        en: "only runs of this job type, or of the workflow of this name, without an application",
        zh: "只看该作业类型（或同名工作流）且不属于任何应用的运行",
      },
    },
    limit: {
      type: "number",
      short: "n",
      value: "N",
      summary: { en: "at most this many (default: 20)", zh: "最多条数（默认 20）" },
    },
  },
  async run(context) {
    const [application] = context.arguments;
    const { phase, type, limit = 20 } = context.options;
    const data = await connect(context).call("listRuns", {
      params: { project: context.globals.project },
      query: {
        limit: Math.min(200, Math.max(1, limit)),
        ...(application === undefined ? {} : { application }),
        ...(type === undefined ? {} : { workflow: type }),
        ...(phase === undefined ? {} : filterOf(phase)),
      },
    });
    printListing(context, {
      rows: data.items,
      columns: columnsOf(context),
      name: runName,
      data,
      empty: {
        en: "no runs yet; start with: kubemin deploy app.yaml",
        zh: "还没有运行；从这里开始：kubemin deploy app.yaml",
      },
    });
    return EXIT.done.code;
  },
});

/** The filter for one of the choices of `--phase`. What an unfinished run does now is its state, not its phase. */
function filterOf(word: string): { readonly phase: Row["phase"] } | { readonly state: Row["state"] } {
  if (word === UNFINISHED) return { phase: "running" };
  const ending = ENDINGS.find((one) => one === word);
  return ending === undefined ? { state: word as Row["state"] } : { phase: ending }; // one of the choices, checked by the parser
}

function columnsOf(context: CommandContext): readonly Column<Row>[] {
  return [
    { header: { en: "run", zh: "运行" }, cell: runName },
    {
      header: { en: "state", zh: "状态" },
      cell: (row) => runStateWord(row.state, context.language),
      raw: (row) => row.state,
      tone: (row) => runStateRow(row.state).tone,
    },
    {
      header: { en: "revision", zh: "修订版本" },
      cell: (row) => (readName(row.application) === null ? "" : `v${row.revision}`),
    },
    { header: { en: "kind", zh: "类型" }, cell: (row) => (row.workflow === "" ? row.kind : row.workflow) },
    { header: { en: "started", zh: "开始" }, cell: (row) => age(context, row.createdAt), raw: (row) => row.createdAt },
    { header: { en: "took", zh: "用时" }, cell: took },
    { header: { en: "by", zh: "操作者" }, cell: (row) => row.actor },
    {
      header: { en: "cluster", zh: "集群" },
      cell: (row) => clusterLabel(context, { name: row.cluster, kind: row.clusterKind }),
    },
    { header: { en: "why", zh: "原因" }, cell: (row) => runWhy(context, row) },
    { header: { en: "message", zh: "说明" }, cell: (row) => row.message },
    { header: { en: "namespace", zh: "命名空间" }, wide: true, cell: (row) => row.namespace },
    { header: { en: "id", zh: "编号" }, wide: true, cell: (row) => row.id },
  ];
}

function took(row: Row): string {
  return row.finishedAt === null
    ? ""
    : formatDuration(Math.max(0, Date.parse(row.finishedAt) - Date.parse(row.createdAt)));
}

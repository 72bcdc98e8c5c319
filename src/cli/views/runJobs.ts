// The jobs of one run as a table, below a line about the whole run.

import { PHASES } from "../../model/run/phase.ts";
import type { ApiJob, ApiRun } from "../follow/progress/progress.ts";
import { details, elapsed } from "../follow/progress/tree.ts";
import { runTitle } from "../follow/watchToEnd.ts";
import type { CommandContext } from "../grammar/command.ts";
import { type Column, printListing } from "../output/output.ts";
import { phaseWord } from "../terminal/style.ts";

export function printRun(context: CommandContext, run: ApiRun): void {
  const { output } = context.globals;
  if (output === "table" || output === "wide") {
    const screen = context.terminal.stdout.isTTY ? context.terminal.stdout : context.terminal.stderr;
    screen.write(`${[runTitle(context, run), ...(run.reason === undefined ? [] : [run.reason.message])].join(": ")}\n`);
  }
  printListing(context, {
    rows: run.jobs,
    columns: jobColumns(context),
    name: (row) => `${run.id}/${row.name}`,
    data: run,
    empty: { en: "no jobs", zh: "没有作业" },
  });
}

function jobColumns(context: CommandContext): readonly Column<ApiJob>[] {
  return [
    { header: { en: "job", zh: "作业" }, cell: (row) => row.name },
    { header: { en: "type", zh: "类型" }, cell: (row) => row.type },
    {
      header: { en: "phase", zh: "阶段" },
      cell: (row) => phaseWord(row.phase, context.language),
      raw: (row) => row.phase,
      tone: (row) => PHASES[row.phase].tone,
    },
    { header: { en: "for", zh: "时长" }, cell: (row) => elapsed(row, context.terminal.now()) },
    { header: { en: "why", zh: "原因" }, cell: (row) => details(row, context.language) },
  ];
}

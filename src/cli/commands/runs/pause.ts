// kubemin pause: pauses a run. No further jobs start; running jobs continue.

import { findRun, runName } from "../../follow/findRun.ts";
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { connect } from "../../reach/connect.ts";
import { RUN_ARGUMENT } from "../shared.ts";

export const pauseCommand = defineCommand({
  name: "pause",
  summary: {
    en: "pause a run: no further jobs start, running jobs continue",
    zh: "暂停运行：不再启动新作业，正在执行的作业继续",
  },
  examples: [
    { line: "pause shop", text: { en: "the newest run of shop", zh: "shop 的最新运行" } },
    { line: "pause shop#3", text: { en: "run 3 of shop", zh: "shop 的运行 3" } },
  ],
  arguments: [RUN_ARGUMENT],
  options: {},
  async run(context) {
    const client = connect(context);
    const run = await findRun(context, client, context.arguments[0] ?? "");
    await client.call("pauseRun", { params: { project: context.globals.project, run: run.id } });
    const params = { run: runName(run) };
    context.terminal.stdout.write(
      `${context.say({ en: "paused {run}; continue with: kubemin resume {run}", zh: "已暂停 {run}；继续：kubemin resume {run}" }, params)}\n`,
    );
    return EXIT.done.code;
  },
});

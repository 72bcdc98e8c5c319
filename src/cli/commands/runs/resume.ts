// kubemin resume: continues a paused run.

import { findRun, runName } from "../../follow/findRun.ts";
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { connect } from "../../reach/connect.ts";
import { RUN_ARGUMENT } from "../shared.ts";

export const resumeCommand = defineCommand({
  name: "resume",
  summary: { en: "continue a paused run", zh: "继续已暂停的运行" },
  examples: [
    { line: "resume shop", text: { en: "the newest run of shop", zh: "shop 的最新运行" } },
    { line: "resume shop#3", text: { en: "run 3 of shop", zh: "shop 的运行 3" } },
  ],
  arguments: [RUN_ARGUMENT],
  options: {},
  async run(context) {
    const client = connect(context);
    const run = await findRun(context, client, context.arguments[0] ?? "");
    await client.call("resumeRun", { params: { project: context.globals.project, run: run.id } });
    const params = { run: runName(run) };
    context.terminal.stdout.write(`${context.say({ en: "{run} continues", zh: "{run} 已继续" }, params)}\n`);
    return EXIT.done.code;
  },
});

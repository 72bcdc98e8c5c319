// kubemin cancel: stops what runs and starts nothing more. What was written to the cluster stays as it is.
import { ApiError } from "../../../api/client.ts";
import { findRun, runName } from "../../follow/findRun.ts";
import { runTitle } from "../../follow/watchToEnd.ts";
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { printData } from "../../output/output.ts";
import { connect } from "../../reach/connect.ts";
import { RUN_ARGUMENT } from "../shared.ts";

export const cancelCommand = defineCommand({
  name: "cancel",
  summary: { en: "cancel a run; what was written to the cluster stays", zh: "取消运行；已写入集群的内容保持不变" },
  examples: [
    { line: "cancel shop", text: { en: "the newest run of shop", zh: "shop 的最新运行" } },
    { line: "cancel shop#3", text: { en: "run 3 of shop", zh: "shop 的运行 3" } },
  ],
  arguments: [RUN_ARGUMENT],
  options: {
    "skip-finally": {
      type: "flag",
      summary: { en: "final steps are not run either", zh: "连同 finally 步骤一并跳过" },
    },
  },
  async run(context) {
    const client = connect(context);
    const found = await findRun(context, client, context.arguments[0] ?? "");
    const params = { project: context.globals.project, run: found.id };
    const body = context.options["skip-finally"] ? { finally: "skip" as const } : {};
    const run = await client.call("cancelRun", { params, body }).catch((error: unknown) => {
      if (error instanceof ApiError && found.phase !== "running") return found; // it had ended already: nothing to cancel is no failure
      throw error;
    });
    if (context.globals.output === "name") context.terminal.stdout.write(`${runName(run)}\n`);
    else if (!printData(context, run)) context.terminal.stdout.write(`${runTitle(context, run)}\n`);
    const name = { run: runName(run) };
    const text =
      found.phase === "running"
        ? {
            en: "asked to cancel; watch it end with: kubemin watch {run}",
            zh: "已请求取消；观察其结束：kubemin watch {run}",
          }
        : { en: "{run} had ended already; nothing was cancelled", zh: "{run} 早已结束，没有取消任何内容" };
    context.terminal.stderr.write(`${context.say(text, name)}\n`);
    return EXIT.done.code;
  },
});

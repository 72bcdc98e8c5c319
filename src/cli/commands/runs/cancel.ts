// kubemin cancel: stops the running jobs of a run and starts no more, except final steps. Other objects on the cluster
// stay as they are. Of a run that has ended, it removes what the run still holds. The server does both:
// src/engine/steering/.
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
  summary: { en: "cancel a run; objects on the cluster stay as they are", zh: "取消运行；已写入集群的内容保持不变" },
  examples: [
    { line: "cancel shop", text: { en: "the newest run of shop", zh: "shop 的最新运行" } },
    { line: "cancel shop#3", text: { en: "run 3 of shop", zh: "shop 的运行 3" } },
  ],
  arguments: [RUN_ARGUMENT],
  options: {
    "skip-finally": {
      type: "flag",
      summary: { en: "do not run the final steps either", zh: "连同 finally 步骤一并跳过" },
    },
  },
  async run(context) {
    const client = connect(context);
    const found = await findRun(context, client, context.arguments[0] ?? "");
    const params = { project: context.globals.project, run: found.id };
    const body = context.options["skip-finally"] ? { finally: "skip" as const } : {};
    const run = await client.call("cancelRun", { params, body }).catch((error: unknown) => {
      // That the run has already ended is not an error.
      if (error instanceof ApiError && error.body.code === "RunAlreadyEnded") return { ...found, removed: [] };
      throw error;
    });
    if (context.globals.output === "name") context.terminal.stdout.write(`${runName(run)}\n`);
    else if (!printData(context, run)) context.terminal.stdout.write(`${runTitle(context, run)}\n`);
    const { removed } = run;
    const name = { run: runName(run), objects: (removed ?? []).join(", ") };
    const text =
      removed === undefined
        ? {
            en: "the run is being cancelled; watch it until it has ended: kubemin watch {run}",
            zh: "正在取消运行；观察直到结束：kubemin watch {run}",
          }
        : removed.length > 0
          ? {
              en: "{run} has already ended; what it still held was removed: {objects}",
              zh: "{run} 已经结束；已删除它仍占用的对象：{objects}",
            }
          : {
              en: "{run} has already ended and holds nothing on the cluster; nothing was cancelled",
              zh: "{run} 已经结束，在集群上不占用任何资源，没有取消任何内容",
            };
    context.terminal.stderr.write(`${context.say(text, name)}\n`);
    return EXIT.done.code;
  },
});

// kubemin cancel: stops the running jobs of a run and starts no more, except final steps. Objects on the cluster stay
// as they are. The server stops the jobs: src/engine/steering/.
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
      if (error instanceof ApiError && found.phase !== "running") return found; // the run has already ended, which is not an error
      throw error;
    });
    if (context.globals.output === "name") context.terminal.stdout.write(`${runName(run)}\n`);
    else if (!printData(context, run)) context.terminal.stdout.write(`${runTitle(context, run)}\n`);
    const name = { run: runName(run) };
    const text =
      found.phase === "running"
        ? {
            en: "the run is being cancelled; watch it until it has ended: kubemin watch {run}",
            zh: "正在取消运行；观察直到结束：kubemin watch {run}",
          }
        : { en: "{run} has already ended; nothing was cancelled", zh: "{run} 已经结束，没有取消任何内容" };
    context.terminal.stderr.write(`${context.say(text, name)}\n`);
    return EXIT.done.code;
  },
});

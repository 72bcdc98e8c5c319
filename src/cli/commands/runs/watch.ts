// kubemin watch: shows the progress of a run until it has ended; the exit code says how it ended.

import { findRun } from "../../follow/findRun.ts";
import { WATCH_OPTIONS, watchToEnd } from "../../follow/watchToEnd.ts";
import { defineCommand } from "../../grammar/command.ts";
import { connect } from "../../reach/connect.ts";
import { RUN_ARGUMENT } from "../shared.ts";

export const watchCommand = defineCommand({
  name: "watch",
  summary: { en: "watch a run until it has ended", zh: "观察运行直到结束" },
  examples: [
    { line: "watch shop", text: { en: "the newest run of shop", zh: "shop 的最新运行" } },
    { line: "watch shop#3 --timeout 5m", text: { en: "run 3, for five minutes at most", zh: "运行 3，最多 5 分钟" } },
  ],
  arguments: [RUN_ARGUMENT],
  options: { timeout: WATCH_OPTIONS.timeout },
  async run(context) {
    const client = connect(context);
    const run = await findRun(context, client, context.arguments[0] ?? "");
    return await watchToEnd(context, { client, run, timeout: context.options.timeout });
  },
});

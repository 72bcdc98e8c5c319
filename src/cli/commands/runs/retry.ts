// kubemin retry: starts a new run of the same revision.

import { onceMore, writeHeaders } from "../../documents/deploySource.ts";
import { findRun } from "../../follow/findRun.ts";
import { settleStarted, WATCH_OPTIONS } from "../../follow/watchToEnd.ts";
import { defineCommand } from "../../grammar/command.ts";
import { connect } from "../../reach/connect.ts";
import { RUN_ARGUMENT } from "../shared.ts";

export const retryCommand = defineCommand({
  name: "retry",
  summary: {
    en: "run a revision again; jobs that succeeded end immediately",
    zh: "重新运行同一修订版本；已成功的作业会立即完成",
  },
  examples: [
    { line: "retry shop", text: { en: "the newest run of shop", zh: "shop 的最新运行" } },
    { line: "retry shop#3 --from migrate", text: { en: "run 3, beginning at migrate", zh: "运行 3，从 migrate 开始" } },
  ],
  arguments: [RUN_ARGUMENT],
  options: {
    from: {
      type: "text",
      value: "STEP",
      summary: {
        en: "only this step or job, and all that depend on it",
        zh: "只执行该步骤或作业，以及依赖它的步骤与作业",
      },
    },
    ...WATCH_OPTIONS,
  },
  async run(context) {
    const client = connect(context);
    const old = await findRun(context, client, context.arguments[0] ?? "");
    const { from } = context.options;
    const call = {
      params: { project: context.globals.project, run: old.id },
      headers: writeHeaders(),
      body: from === undefined ? {} : { from },
    };
    const run = await onceMore(context, () => client.call("retryRun", call));
    return await settleStarted(context, { client, run, options: context.options });
  },
});

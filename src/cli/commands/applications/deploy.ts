// kubemin deploy: shows the plan, asks, deploys, and watches the run until it has ended.
import type { Priority } from "../../../model/run/run.ts";
import { declaredIn, INPUT_OPTIONS, inputsOf } from "../../arguments/givenInputs.ts";
import { readSource } from "../../arguments/input.ts";
import { deploySource } from "../../documents/deploySource.ts";
import { WATCH_OPTIONS } from "../../follow/watchToEnd.ts";
import { defineCommand } from "../../grammar/command.ts";
import { YES_OPTION } from "../../output/confirm.ts";
import { connect } from "../../reach/connect.ts";
import { CLUSTER_OPTIONS, FILE_ARGUMENT, RUN_OPTIONS } from "../shared.ts";

export const deployCommand = defineCommand({
  name: "deploy",
  summary: {
    en: "deploy a document: plan, ask, watch the run until it has ended",
    zh: "部署文档：计划、确认、观察直到结束",
  },
  details: {
    en: "Ctrl-C stops watching, never the run. A second deploy of the same document writes nothing to the cluster.",
    zh: "Ctrl-C 只停止观察，不影响运行。重复部署同一文档不会向集群写入任何内容。",
  },
  examples: [
    { line: "deploy app.yaml", text: { en: "show the plan, ask, deploy, watch", zh: "显示计划、确认、部署并观察" } },
    {
      line: 'deploy app.yaml --yes --timeout 10m --message "new image"',
      text: { en: "in a pipeline", zh: "在流水线中使用" },
    },
  ],
  arguments: [FILE_ARGUMENT],
  options: {
    ...CLUSTER_OPTIONS,
    ...INPUT_OPTIONS,
    yes: YES_OPTION,
    message: {
      type: "text",
      short: "m",
      value: "TEXT",
      summary: { en: "a text that is stored with the revision", zh: "与修订版本一起保存的说明" },
    },
    "if-revision": {
      type: "number",
      value: "N",
      summary: {
        en: "deploy only if N is the newest revision (otherwise exit code 6)",
        zh: "仅当最新修订版本为 N 时部署（否则退出码为 6）",
      },
    },
    priority: RUN_OPTIONS.priority,
    ...WATCH_OPTIONS,
  },
  async run(context) {
    const { options } = context;
    const source = await readSource(context, context.arguments[0] ?? "-");
    return await deploySource(context, {
      client: connect(context),
      source,
      cluster: options.cluster,
      createNamespace: options["create-namespace"],
      force: options.force,
      adopt: options.adopt,
      inputs: await inputsOf(context, options, declaredIn(source)),
      message: options.message ?? "",
      priority: options.priority as Priority | undefined, // one of its choices
      ifRevision: options["if-revision"],
      yes: options.yes,
      watch: options,
    });
  },
});

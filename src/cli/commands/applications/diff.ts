// kubemin diff: what changed between two revisions, or between the newest one and the cluster, field by field.
// Never shows a secret: only that it changed.

import { diffRevisions, newestTwo, parseRevision } from "../../arguments/revisions.ts";
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { usageFailure } from "../../grammar/failure.ts";
import { printData } from "../../output/output.ts";
import { connect } from "../../reach/connect.ts";
import { painter } from "../../terminal/style.ts";
import { changes, changesSummary, diffText, objectName } from "../../views/changes.ts";
import { liveDiff } from "../../views/liveDiff.ts";
import { APPLICATION_ARGUMENT } from "../shared.ts";

const LIVE_ALONE = usageFailure(
  { en: "--live takes no revision: it compares the newest one", zh: "--live 只比较最新版本，不能再指定版本" },
  { en: "leave the revision out", zh: "请去掉版本号" },
);

export const diffCommand = defineCommand({
  name: "diff",
  summary: {
    en: "what changed between two revisions, or on the cluster",
    zh: "比较两个版本，或与集群上的实际状态比较",
  },
  examples: [
    { line: "diff shop", text: { en: "the newest against the one before", zh: "最新版本与上一版本" } },
    { line: "diff shop v3 v7", text: { en: "from revision 3 to 7", zh: "从版本 3 到版本 7" } },
    {
      line: "diff shop --live",
      text: { en: "what somebody changed on the cluster, and who", zh: "集群上被谁改动了什么" },
    },
  ],
  arguments: [
    APPLICATION_ARGUMENT,
    { name: "FROM", optional: true, summary: { en: "default: the revision before the newest", zh: "默认：上一版本" } },
    { name: "TO", optional: true, summary: { en: "default: the newest revision", zh: "默认：最新版本" } },
  ],
  options: {
    live: {
      type: "flag",
      summary: {
        en: "the newest revision against the cluster, by dry run; exit 10 when they differ and --exit-code is given",
        zh: "用 dry run 把最新版本与集群比较；加 --exit-code 时有差异则退出码为 10",
      },
    },
    "exit-code": { type: "flag", summary: { en: "exit 10 when there are changes", zh: "有变更时退出码为 10" } },
  },
  async run(context) {
    const client = connect(context);
    const [application = "", fromWord, toWord] = context.arguments;
    const { live, "exit-code": byExit } = context.options;
    const code = (differs: boolean): number => (differs && byExit ? EXIT.changes.code : EXIT.done.code);
    if (live) {
      if (fromWord !== undefined) throw LIVE_ALONE;
      return code(await liveDiff(context, client, application));
    }
    const given = {
      from: fromWord === undefined ? undefined : parseRevision(fromWord),
      to: toWord === undefined ? undefined : parseRevision(toWord),
    };
    const params = { project: context.globals.project, application };
    const to =
      given.to ?? (given.from === undefined ? undefined : (await client.call("getApplication", { params })).revision);
    const newest =
      to === undefined || given.from === undefined ? await newestTwo(context, client, application) : undefined;
    const between = { from: given.from ?? newest?.before ?? 0, to: to ?? newest?.newest ?? 0 };
    const data = await diffRevisions(context, client, { application, ...between });
    const changed = changes(data.changes);
    if (printData(context, data)) return code(changed.length > 0);
    const { stdout, stderr } = context.terminal;
    stderr.write(`${application} v${between.from} → v${between.to}: ${changesSummary(context, data.changes)}\n`);
    const name = context.globals.output === "name";
    for (const change of changed)
      stdout.write(name ? `${objectName(change)}\n` : diffText(context, change, painter(context.terminal, stdout)));
    return code(changed.length > 0);
  },
});

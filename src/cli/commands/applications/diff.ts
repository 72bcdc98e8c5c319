// kubemin diff: prints field by field what changed between two revisions, or between the newest one and the cluster. Of
// a secret value it shows only that it changed.

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
  { en: "--live takes no revision: it compares the newest one", zh: "--live 只比较最新修订版本，不能再指定修订版本" },
  { en: "remove the revision", zh: "请去掉修订版本号" },
);

export const diffCommand = defineCommand({
  name: "diff",
  summary: {
    en: "show what changed between two revisions, or on the cluster",
    zh: "比较两个修订版本，或与集群上的实际状态比较",
  },
  examples: [
    { line: "diff shop", text: { en: "the newest revision and the one before it", zh: "最新修订版本与上一修订版本" } },
    { line: "diff shop v3 v7", text: { en: "from revision 3 to 7", zh: "从修订版本 3 到 7" } },
    {
      line: "diff shop --live",
      text: { en: "what was changed on the cluster, and by which tool", zh: "集群上的哪些内容被哪个工具改动" },
    },
  ],
  arguments: [
    APPLICATION_ARGUMENT,
    {
      name: "FROM",
      optional: true,
      summary: { en: "default: the revision before the newest", zh: "默认：上一修订版本" },
    },
    { name: "TO", optional: true, summary: { en: "default: the newest revision", zh: "默认：最新修订版本" } },
  ],
  options: {
    live: {
      type: "flag",
      summary: {
        en: "compare the newest revision with the cluster, by dry run; with --exit-code, exit code 10 if they differ",
        zh: "用 dry run 把最新修订版本与集群比较；加 --exit-code 时，有差异则退出码为 10",
      },
    },
    "exit-code": { type: "flag", summary: { en: "exit code 10 if there are changes", zh: "有变更时退出码为 10" } },
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

// kubemin diff: what changed between two revisions, field by field. Never shows a secret: only that it changed.
import { defineCommand } from "../command.ts";
import { connect } from "../connect.ts";
import { EXIT } from "../exitCodes.ts";
import { printData } from "../output.ts";
import { diffRevisions, newestTwo, parseRevision } from "../revisions.ts";
import { painter } from "../style.ts";
import { changes, changesSummary, diffText, objectName } from "../views/changes.ts";
import { APPLICATION_ARGUMENT } from "./shared.ts";

export const diffCommand = defineCommand({
  name: "diff",
  summary: { en: "what changed between two revisions", zh: "比较两个版本" },
  examples: [
    { line: "diff shop", text: { en: "the newest against the one before", zh: "最新版本与上一版本" } },
    { line: "diff shop v3 v7", text: { en: "from revision 3 to 7", zh: "从版本 3 到版本 7" } },
  ],
  arguments: [
    APPLICATION_ARGUMENT,
    { name: "FROM", optional: true, summary: { en: "default: the revision before the newest", zh: "默认：上一版本" } },
    { name: "TO", optional: true, summary: { en: "default: the newest revision", zh: "默认：最新版本" } },
  ],
  options: {},
  async run(context) {
    const client = connect(context);
    const [application = "", fromWord, toWord] = context.arguments;
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
    if (printData(context, data)) return EXIT.done.code;
    const { stdout, stderr } = context.terminal;
    const changed = changes(data.changes);
    stderr.write(`${application} v${between.from} → v${between.to}: ${changesSummary(context, data.changes)}\n`);
    const name = context.globals.output === "name";
    for (const change of changed)
      stdout.write(name ? `${objectName(change)}\n` : diffText(context, change, painter(context.terminal, stdout)));
    return EXIT.done.code;
  },
});

// kubemin rollback: creates a new revision with the content of an old one and deploys it. Shows the changes and asks
// first.

import { diffRevisions, parseRevision } from "../../arguments/revisions.ts";
import { onceMore, writeHeaders } from "../../documents/deploySource.ts";
import { settleStarted, WATCH_OPTIONS } from "../../follow/watchToEnd.ts";
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { confirmed, YES_OPTION } from "../../output/confirm.ts";
import { clusterLabel } from "../../output/sandbox.ts";
import { connect } from "../../reach/connect.ts";
import { painter } from "../../terminal/style.ts";
import { changes, changesSummary, diffText } from "../../views/changes.ts";
import { APPLICATION_ARGUMENT } from "../shared.ts";

export const rollbackCommand = defineCommand({
  name: "rollback",
  summary: {
    en: "go back to an old revision by a new one with its content",
    zh: "回滚到旧的修订版本（生成新的修订版本）",
  },
  examples: [
    { line: "rollback shop v3", text: { en: "show the changes, ask, watch", zh: "显示变更、确认、观察" } },
    { line: "rollback shop v3 --yes --detach", text: { en: "without asking or watching", zh: "不询问也不观察" } },
  ],
  arguments: [
    APPLICATION_ARGUMENT,
    { name: "REVISION", summary: { en: "as listed by kubemin versions", zh: "见 kubemin versions" } },
  ],
  options: {
    yes: YES_OPTION,
    message: {
      type: "text",
      short: "m",
      value: "TEXT",
      summary: { en: "a text that is stored with the revision", zh: "与修订版本一起保存的说明" },
    },
    ...WATCH_OPTIONS,
  },
  async run(context) {
    const client = connect(context);
    const { options } = context;
    const [application = "", word = ""] = context.arguments;
    const revision = parseRevision(word);
    const params = { project: context.globals.project, application };
    const now = await client.call("getApplication", { params });
    const diff = await diffRevisions(context, client, { application, from: now.revision, to: revision });
    const { stderr } = context.terminal;
    const where = clusterLabel(context, { name: now.cluster, kind: now.clusterKind });
    stderr.write(
      `${application} v${now.revision} → v${revision} · ${where} · ${changesSummary(context, diff.changes)}\n`,
    );
    for (const change of changes(diff.changes))
      stderr.write(diffText(context, change, painter(context.terminal, stderr)));
    const text = { en: "Roll {application} back to v{revision}?", zh: "将 {application} 回滚到 v{revision}？" };
    if (!(await confirmed(context, { yes: options.yes, text, params: { application, revision } })))
      return EXIT.done.code;
    const body = { revision, ...(options.message === undefined ? {} : { message: options.message }) };
    const call = { params, headers: writeHeaders(now.revision), body };
    const run = await onceMore(context, () => client.call("rollbackApplication", call));
    // The server adds to the message what cannot be rolled back, such as the size of volumes.
    const own = options.message ?? `rollback to revision ${revision}`;
    if (run.message !== own) stderr.write(`${run.message}\n`);
    return await settleStarted(context, { client, run, options });
  },
});

// kubemin versions: lists the revisions of an application, the newest first.
import type { Client } from "../../../api/client.ts";
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { age, printListing } from "../../output/output.ts";
import { clusterLabel } from "../../output/sandbox.ts";
import { connect } from "../../reach/connect.ts";
import { APPLICATION_ARGUMENT } from "../shared.ts";

export const versionsCommand = defineCommand({
  name: "versions",
  summary: { en: "list the revisions of an application, newest first", zh: "列出应用的修订版本，最新在前" },
  examples: [
    { line: "versions shop", text: { en: "who changed what, when", zh: "谁在何时做了什么" } },
    { line: "versions shop --limit 5 -o json", text: { en: "for a script", zh: "用于脚本" } },
  ],
  arguments: [APPLICATION_ARGUMENT],
  options: {
    limit: {
      type: "number",
      short: "n",
      value: "N",
      summary: { en: "at most this many (default: 20)", zh: "最多条数（默认 20）" },
    },
  },
  async run(context) {
    const application = context.arguments[0] ?? "";
    const client = connect(context);
    const kinds = await clusterKinds(client);
    const data = await client.call("listRevisions", {
      params: { project: context.globals.project, application },
      query: { limit: Math.min(200, Math.max(1, context.options.limit ?? 20)) },
    });
    printListing(context, {
      rows: data.items,
      columns: [
        {
          header: { en: "revision", zh: "修订版本" },
          cell: (row) => `v${row.number}`,
          raw: (row) => String(row.number),
        },
        {
          header: { en: "created", zh: "时间" },
          cell: (row) => age(context, row.createdAt),
          raw: (row) => row.createdAt,
        },
        { header: { en: "by", zh: "操作者" }, cell: (row) => row.actor },
        {
          header: { en: "cluster", zh: "集群" },
          cell: (row) => clusterLabel(context, { name: row.cluster, kind: kinds.get(row.cluster) ?? "unknown" }),
        },
        { header: { en: "namespace", zh: "命名空间" }, cell: (row) => row.namespace },
        { header: { en: "message", zh: "说明" }, cell: (row) => row.message },
        { header: { en: "hash", zh: "摘要" }, wide: true, cell: (row) => row.hash },
      ],
      name: (row) => `v${row.number}`,
      data,
      empty: { en: "no revisions", zh: "没有修订版本" },
    });
    return EXIT.done.code;
  },
});

/** The kinds of the clusters by name: revisions contain only the name, but a sandbox must be marked as one. */
async function clusterKinds(client: Client): Promise<ReadonlyMap<string, string>> {
  const { items } = await client.call("listClusters", {});
  return new Map(items.map(({ name, kind }) => [name, kind]));
}

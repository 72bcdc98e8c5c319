// kubemin cluster: the clusters that the server was told of; it touches no other.
import { defineCommand } from "../command.ts";
import { connect } from "../connect.ts";
import { EXIT } from "../exitCodes.ts";
import { printListing } from "../output.ts";
import { clusterLabel } from "../sandbox.ts";

export const clusterCommand = defineCommand({
  name: "cluster",
  summary: { en: "list the clusters of the server", zh: "列出服务器的集群" },
  details: {
    en: "Clusters are named when the server is started: kubemin serve --context NAME.",
    zh: "集群在启动服务器时指定：kubemin serve --context 名称。",
  },
  examples: [
    { line: "cluster list", text: { en: "which, and whether they answer", zh: "有哪些集群、是否可达" } },
    { line: "cluster list -o json", text: { en: "for a script", zh: "用于脚本" } },
  ],
  arguments: [
    { name: "list", optional: true, choices: ["list"], summary: { en: "the only action", zh: "唯一的操作" } },
  ],
  options: {},
  async run(context) {
    const data = await connect(context).call("listClusters", {});
    printListing(context, {
      rows: data.items,
      columns: [
        { header: { en: "cluster", zh: "集群" }, cell: (row) => row.name },
        {
          header: { en: "kind", zh: "类型" },
          cell: (row) =>
            row.kind === "sandbox" ? clusterLabel(context, { name: "sandbox", kind: row.kind }) : row.kind,
        },
        {
          header: { en: "reachable", zh: "可达" },
          cell: (row) => (row.reachable ? context.say({ en: "yes", zh: "是" }) : context.say({ en: "no", zh: "否" })),
          raw: (row) => String(row.reachable),
          tone: (row) => (row.reachable ? "success" : "danger"),
        },
        { header: { en: "version", zh: "版本" }, cell: (row) => row.version },
        { header: { en: "detail", zh: "说明" }, cell: (row) => row.detail },
      ],
      name: (row) => row.name,
      data,
      empty: { en: "the server has no clusters", zh: "服务器没有集群" },
    });
    return EXIT.done.code;
  },
});

// kubemin capacity: prints how full a cluster is, by kind of resources, and which pods wait.
import type { AnswerOf } from "../../../api/client.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { printData, printListing } from "../../output/output.ts";
import { clusterLabel } from "../../output/sandbox.ts";
import { connect } from "../../reach/connect.ts";

type ApiCapacity = AnswerOf<"getCapacity">;
type Flavor = ApiCapacity["flavors"][number];

export const capacityCommand = defineCommand({
  name: "capacity",
  summary: {
    en: "free resources of a cluster, what occupies them and what waits",
    zh: "集群的空闲资源、占用者与等待者",
  },
  details: {
    en: "Prints one row for each kind of resources; GPUs are listed by model if a node label names it. LARGEST is the most that a single pod could get. For other projects, only numbers are shown.",
    zh: "每种资源一行；如果节点标签注明 GPU 型号，则按型号区分。“最大块”是单个 Pod 最多可得的数量。其他项目只显示数量。",
  },
  examples: [
    { line: "capacity", text: { en: "the server's only cluster", zh: "服务器唯一的集群" } },
    {
      line: "capacity my-cluster -o json",
      text: { en: "one of several clusters, for a script", zh: "多个集群中的一个，用于脚本" },
    },
  ],
  arguments: [
    {
      name: "CLUSTER",
      optional: true,
      complete: "cluster",
      summary: { en: "required if the server has several clusters", zh: "服务器有多个集群时必填" },
    },
  ],
  options: {},
  async run(context) {
    const [cluster] = context.arguments;
    const data = await connect(context).call("getCapacity", {
      params: { project: context.globals.project },
      query: cluster === undefined ? {} : { cluster },
    });
    if (printData(context, data)) return EXIT.done.code;
    context.terminal.stderr.write(`${headLine(context, data)}\n`);
    if (data.unknown !== undefined) return EXIT.done.code;
    printFlavors(context, data);
    if (data.waiting.length > 0) printWaiting(context, data);
    return EXIT.done.code;
  },
});

function headLine(context: CommandContext, { cluster, clusterKind, nodes, unknown }: ApiCapacity): string {
  const name = clusterLabel(context, { name: cluster, kind: clusterKind });
  if (unknown !== undefined) return `${name}: ${unknown.message}`;
  return context.say(
    { en: "{name}: {open} of {total} nodes accept pods now", zh: "{name}：{total} 个节点，其中 {open} 个可调度" },
    { name, total: nodes.total, open: nodes.open },
  );
}

function printFlavors(context: CommandContext, data: ApiCapacity): void {
  printListing(context, {
    rows: data.flavors,
    columns: [
      { header: { en: "resource", zh: "资源" }, cell: (row) => row.flavor },
      { header: { en: "nodes", zh: "节点" }, cell: (row) => String(row.nodes) },
      { header: { en: "total", zh: "总量" }, cell: (row) => row.total },
      { header: { en: "free", zh: "空闲" }, cell: (row) => row.free },
      {
        header: { en: "largest", zh: "最大块" },
        cell: ({ largest }) => (largest === undefined ? "-" : `${largest.free} @ ${largest.node}`),
      },
      { header: { en: "used by", zh: "占用者" }, cell: (row) => holdersOf(context, row) },
    ],
    name: (row) => row.flavor,
    data,
    empty: { en: "nothing", zh: "无" },
  });
}

function holdersOf(context: CommandContext, { holders: { own, others } }: Flavor): string {
  const more =
    others === 0 ? [] : [context.say({ en: "others: {count} pods", zh: "其他 {count} 个 Pod" }, { count: others })];
  return [...own, ...more].join(", ");
}

function printWaiting(context: CommandContext, data: ApiCapacity): void {
  context.terminal.stderr.write(`\n${context.say({ en: "waiting for capacity:", zh: "正在等待资源：" })}\n`);
  const anonymous = context.say({ en: "(another project)", zh: "（其他项目）" });
  printListing(context, {
    rows: data.waiting,
    columns: [
      { header: { en: "job", zh: "作业" }, cell: (row) => row.name || anonymous },
      { header: { en: "for", zh: "资源" }, cell: (row) => row.flavor },
      { header: { en: "position", zh: "位次" }, cell: (row) => String(row.position) },
      {
        header: { en: "why", zh: "原因" },
        cell: ({ reason, before }) => [reason, ...before].map(({ message }) => message).join(" · "),
      },
    ],
    name: (row) => row.name,
    data,
    empty: { en: "nothing", zh: "无" },
  });
}

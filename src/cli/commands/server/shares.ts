// kubemin shares: shows and sets how projects share the capacity of the clusters while several of them wait.
import type { AnswerOf } from "../../../api/client.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { usageFailure } from "../../grammar/failure.ts";
import { printData, printListing } from "../../output/output.ts";
import { connect } from "../../reach/connect.ts";

type Shares = AnswerOf<"listCapacityShares">;

export const sharesCommand = defineCommand({
  name: "shares",
  summary: { en: "how projects share the capacity of clusters", zh: "各项目如何分享集群资源" },
  details: {
    en: "While several projects wait for the same resources, free resources go to the project that has the least of its share. A project with weight 3 is entitled to three times as much as one with weight 1, which is the default. While nobody else waits, a project may use more; nothing that runs is taken away.",
    zh: "多个项目等待同一种资源时，空闲资源优先给占用份额最少的项目。权重为 3 的项目应得的份额是权重 1（默认值）的三倍。没有其他项目等待时，项目可以使用更多；正在运行的作业不会被收回。",
  },
  examples: [
    { line: "shares", text: { en: "the weights that are not 1", zh: "不为 1 的权重" } },
    {
      line: "shares set research 3",
      text: { en: "three times the share of other projects, for all resources", zh: "所有资源的份额为其他项目的三倍" },
    },
    {
      line: "shares set research 5 --flavor nvidia.com/gpu",
      text: { en: "another weight for GPUs of all models", zh: "为所有型号的 GPU 单独设置权重" },
    },
  ],
  arguments: [
    {
      name: "list|set|remove",
      optional: true,
      choices: ["list", "set", "remove"],
      summary: { en: "default: list", zh: "默认：list" },
    },
    { name: "PROJECT", optional: true, summary: { en: "the project", zh: "项目" } },
    { name: "WEIGHT", optional: true, summary: { en: "from 0.01 to 1000", zh: "0.01 至 1000" } },
  ],
  options: {
    flavor: {
      type: "text",
      value: "FLAVOR",
      summary: {
        en: "only for this resource or flavor, as `kubemin capacity` names it",
        zh: "仅限该资源或规格，名称与 kubemin capacity 的输出一致",
      },
    },
  },
  async run(context) {
    const client = connect(context);
    const [action = "list", project, weight] = context.arguments;
    const { flavor } = context.options;
    if (action === "list") return show(context, await client.call("listCapacityShares", {}));
    if (project === undefined || (action === "set" && !isNumber(weight)))
      throw usageFailure(
        { en: "kubemin shares {action} needs a PROJECT{more}", zh: "kubemin shares {action} 缺少项目{more}" },
        { en: "see: kubemin shares --help", zh: "参见：kubemin shares --help" },
        { action, more: action === "set" ? context.say({ en: " and a WEIGHT, a number", zh: "和数字权重" }) : "" },
      );
    const of = { project, ...(flavor === undefined ? {} : { flavor }) };
    if (action === "remove") {
      await client.call("removeCapacityShare", { query: of });
      const text = { en: "{project} has the weight 1 again", zh: "{project} 的权重恢复为 1" };
      context.terminal.stderr.write(`${context.say(text, { project })}\n`);
      return EXIT.done.code;
    }
    const set = await client.call("setCapacityShare", { body: { ...of, weight: Number(weight) } });
    return show(context, { items: [set], next: null });
  },
});

function isNumber(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== "" && Number.isFinite(Number(text));
}

function show(context: CommandContext, data: Shares): number {
  if (printData(context, data)) return EXIT.done.code;
  const all = context.say({ en: "(all)", zh: "（全部）" });
  printListing(context, {
    rows: data.items,
    columns: [
      { header: { en: "project", zh: "项目" }, cell: (row) => row.project },
      { header: { en: "resource", zh: "资源" }, cell: (row) => row.flavor ?? all },
      { header: { en: "weight", zh: "权重" }, cell: (row) => String(row.weight) },
    ],
    name: (row) => row.project,
    data,
    empty: { en: "all projects have the weight 1", zh: "所有项目的权重均为 1" },
  });
  return EXIT.done.code;
}

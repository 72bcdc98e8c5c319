// kubemin cluster secure: asks the server to install the policies with which a cluster refuses unsafe pods of job
// types, and prints the state of each policy. The server installs them: src/isolation/.
import type { AnswerOf, Client } from "../../api/client.ts";
import type { CommandContext } from "../grammar/command.ts";
import { EXIT } from "../grammar/exitCodes.ts";
import { printListing } from "../output/output.ts";

export type Security = AnswerOf<"getClusterSecurity">;
type Policy = Security["policies"][number];

const STATES = {
  inForce: { tone: "success", text: { en: "in force", zh: "已生效" } },
  missing: { tone: "danger", text: { en: "missing", zh: "缺失" } },
  changed: { tone: "warning", text: { en: "changed outside kubemin", zh: "在 kubemin 之外被修改" } },
  refused: { tone: "danger", text: { en: "refused by the cluster", zh: "被集群拒绝" } },
} as const;

export async function secureCluster(context: CommandContext, client: Client, cluster: string): Promise<number> {
  const { project } = context.globals;
  const data = await client.call("secureCluster", { params: { cluster }, body: { project } });
  printListing<Policy>(context, {
    rows: data.policies,
    columns: [
      { header: { en: "rule", zh: "规则" }, cell: (row) => row.rule },
      {
        header: { en: "state", zh: "状态" },
        cell: (row) => context.say(STATES[row.state].text),
        raw: (row) => row.state,
        tone: (row) => STATES[row.state].tone,
      },
      { header: { en: "field", zh: "字段" }, cell: (row) => row.field },
      { header: { en: "detail", zh: "说明" }, cell: (row) => row.detail },
    ],
    name: (row) => row.rule,
    data,
    empty: { en: "no policies", zh: "没有策略" },
  });
  const { name } = data.namespace;
  const made = {
    en: "jobs of project {project} run in namespace {name}",
    zh: "项目 {project} 的作业运行在命名空间 {name}",
  };
  context.terminal.stderr.write(`${context.say(made, { project, name })}\n`);
  return data.policies.every((one) => one.state === "inForce") ? EXIT.done.code : EXIT.failed.code;
}

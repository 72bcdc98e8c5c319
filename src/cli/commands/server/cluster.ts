// kubemin cluster: lists, registers, secures and removes the clusters of the server. A credential is sent to the server
// once and never shown again.
import { resolve } from "node:path";
import type { AnswerOf, Client } from "../../../api/client.ts";
import { secureCluster } from "../../administration/secureCluster.ts";
import { type CommandContext, defineCommand, type Values } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { usageFailure } from "../../grammar/failure.ts";
import { confirmed, YES_OPTION } from "../../output/confirm.ts";
import { printListing } from "../../output/output.ts";
import { clusterLabel } from "../../output/sandbox.ts";
import { connect } from "../../reach/connect.ts";
import { kubeconfigText, textOf } from "../../reach/kubeconfigText.ts";

type ApiCluster = AnswerOf<"getCluster">;

const OPTIONS = {
  kubeconfig: {
    type: "text",
    value: "FILE",
    complete: "file",
    summary: {
      en: "how to reach the cluster (default: KUBECONFIG, otherwise ~/.kube/config)",
      zh: "连接方式（默认取 KUBECONFIG，否则为 ~/.kube/config）",
    },
  },
  context: {
    type: "text",
    value: "NAME",
    summary: {
      en: "context of the kubeconfig (default: its current context)",
      zh: "kubeconfig 的上下文（默认当前上下文）",
    },
  },
  "api-server": {
    type: "text",
    value: "URL",
    summary: { en: "instead of a kubeconfig, together with --token-file", zh: "代替 kubeconfig，与 --token-file 同用" },
  },
  "token-file": {
    type: "text",
    value: "FILE",
    complete: "file",
    summary: {
      en: "file with the token of a service account; - reads standard input",
      zh: "存放服务账号令牌的文件；- 表示标准输入",
    },
  },
  ca: {
    type: "text",
    value: "FILE",
    complete: "file",
    summary: {
      en: "with --api-server: certificates in PEM that verify the API server",
      zh: "与 --api-server 同用：用于校验 API 服务器的 PEM 证书",
    },
  },
  "for-project": {
    type: "list",
    value: "PROJECT",
    summary: {
      en: "project that may use it; may be repeated (default: all)",
      zh: "可使用它的项目，可重复（默认全部）",
    },
  },
  "for-all-projects": {
    type: "flag",
    summary: { en: "update: all projects may use it again", zh: "update：取消项目限制" },
  },
  calls: {
    type: "number",
    value: "COUNT",
    summary: {
      en: "concurrent requests of each server process (default: 16)",
      zh: "每个服务器进程的并发请求数（默认 16）",
    },
  },
  force: {
    type: "flag",
    summary: { en: "remove: also forget the applications on it", zh: "remove：同时遗忘其上的应用" },
  },
  yes: YES_OPTION,
} as const;
type Options = Values<typeof OPTIONS>;

export const clusterCommand = defineCommand({
  name: "cluster",
  summary: { en: "list, register, secure and remove clusters", zh: "查看、注册、加固和移除集群" },
  details: {
    en: "A cluster is named when the server starts (kubemin serve --context NAME), or registered while the server runs. The server connects to a cluster before it registers it. The credential is stored sealed and never shown again.",
    zh: "集群可在启动服务器时指定（kubemin serve --context 名称），也可在服务器运行时注册。注册前服务器会先连接检查；凭据加密保存，不再显示。",
  },
  examples: [
    { line: "cluster list", text: { en: "all clusters, and whether they can be reached", zh: "有哪些集群、是否可达" } },
    {
      line: "cluster add prod --kubeconfig prod.yaml --for-project shop",
      text: { en: "only project shop may use it", zh: "仅项目 shop 可用" },
    },
    {
      line: "cluster add edge --api-server https://10.0.0.1:6443 --ca ca.crt --token-file token",
      text: { en: "with the token of a service account", zh: "使用服务账号令牌" },
    },
    {
      line: "cluster update prod --kubeconfig new.yaml",
      text: { en: "change the credential; runs continue", zh: "更换凭据，运行不受影响" },
    },
    {
      line: "cluster secure prod --project shop",
      text: {
        en: "let the cluster refuse unsafe job pods; create a closed namespace for shop",
        zh: "让集群自行拒绝不安全的作业 Pod，并为 shop 建立封闭的命名空间",
      },
    },
  ],
  arguments: [
    {
      name: "list|add|show|update|remove|secure",
      optional: true,
      choices: ["list", "add", "show", "update", "remove", "secure"],
      summary: { en: "default: list", zh: "默认：list" },
    },
    { name: "NAME", optional: true, complete: "cluster", summary: { en: "name of the cluster", zh: "集群名称" } },
  ],
  options: OPTIONS,
  async run(context) {
    const client = connect(context);
    const [action = "list", name] = context.arguments;
    if (action === "list") return show(context, await client.call("listClusters", {}));
    if (name === undefined)
      throw usageFailure(
        { en: "kubemin cluster {action} needs a NAME", zh: "kubemin cluster {action} 缺少名称" },
        { en: "see: kubemin cluster --help", zh: "参见：kubemin cluster --help" },
        { action },
      );
    if (action === "secure") return await secureCluster(context, client, name);
    if (action === "remove") return await remove(context, client, { name, options: context.options });
    if (action === "show") return show(context, await client.call("getCluster", { params: { cluster: name } }));
    return show(context, await write(context, client, { action, name, options: context.options }));
  },
});

interface ClusterArguments {
  readonly name: string;
  readonly options: Options;
}

async function write(
  context: CommandContext,
  client: Client,
  { action, name, options }: ClusterArguments & { readonly action: string },
): Promise<ApiCluster> {
  const restricted = options["for-project"];
  const body = {
    ...(await reached(context, options, action === "add")),
    ...(restricted.length > 0 || options["for-all-projects"] ? { projects: [...restricted] } : {}),
    ...(options.calls === undefined ? {} : { calls: options.calls }),
  };
  if (action === "add") return await client.call("addCluster", { body: { name, ...body } });
  if (Object.keys(body).length === 0)
    throw usageFailure(
      { en: "nothing to change was named", zh: "没有指定要修改的内容" },
      { en: "see: kubemin cluster --help", zh: "参见：kubemin cluster --help" },
    );
  return await client.call("updateCluster", { params: { cluster: name }, body });
}

/** How the cluster is reached; empty for an update without any of these options, which then does not change it. */
async function reached(context: CommandContext, options: Options, needed: boolean) {
  const { kubeconfig: file, context: contextName, ca } = options;
  const [server, tokenFile] = [options["api-server"], options["token-file"]];
  const byToken = server !== undefined || tokenFile !== undefined || ca !== undefined;
  const byFile = file !== undefined || contextName !== undefined;
  if ((byToken && byFile) || (byToken && (server === undefined || tokenFile === undefined)))
    throw usageFailure(
      {
        en: "a cluster is reached either by --kubeconfig, or by --api-server with --token-file",
        zh: "请使用 --kubeconfig，或同时使用 --api-server 与 --token-file",
      },
      { en: "see: kubemin cluster --help", zh: "参见：kubemin cluster --help" },
    );
  if (server !== undefined && tokenFile !== undefined) {
    const { directory } = context.terminal;
    const token = tokenFile === "-" ? await context.terminal.readInput() : await textOf(resolve(directory, tokenFile));
    return { server, token: token.trim(), ...(ca === undefined ? {} : { ca: await textOf(resolve(directory, ca)) }) };
  }
  return byFile || needed ? { kubeconfig: await kubeconfigText(context, { file, contextName }) } : {};
}

async function remove(context: CommandContext, client: Client, { name, options }: ClusterArguments): Promise<number> {
  const text = options.force
    ? {
        en: "Forget cluster {name} AND ALL APPLICATIONS on it? Their objects stay on the cluster, and kubemin no longer manages them.",
        zh: "遗忘集群 {name} 及其上的全部应用？它们的对象会留在集群上，kubemin 不再管理。",
      }
    : {
        en: "Remove cluster {name} from the server? Nothing on the cluster is changed.",
        zh: "从服务器移除集群 {name}？集群上的内容不会改变。",
      };
  if (!(await confirmed(context, { yes: options.yes, text, params: { name } }))) return EXIT.done.code;
  await client.call("removeCluster", { params: { cluster: name }, query: { force: options.force ? "true" : "false" } });
  context.terminal.stderr.write(
    `${context.say({ en: "the server no longer manages cluster {name}", zh: "服务器不再管理集群 {name}" }, { name })}\n`,
  );
  return EXIT.done.code;
}

function show(context: CommandContext, data: ApiCluster | AnswerOf<"listClusters">): number {
  const word = (yes: boolean): string => context.say(yes ? { en: "yes", zh: "是" } : { en: "no", zh: "否" });
  printListing<ApiCluster>(context, {
    rows: "items" in data ? data.items : [data],
    columns: [
      { header: { en: "cluster", zh: "集群" }, cell: (row) => row.name },
      {
        header: { en: "kind", zh: "类型" },
        cell: (row) => (row.kind === "sandbox" ? clusterLabel(context, { name: "sandbox", kind: row.kind }) : row.kind),
      },
      {
        header: { en: "reachable", zh: "可达" },
        cell: (row) => word(row.reachable),
        raw: (row) => String(row.reachable),
        tone: (row) => (row.reachable ? "success" : "danger"),
      },
      { header: { en: "version", zh: "版本" }, cell: (row) => row.version },
      {
        header: { en: "projects", zh: "项目" },
        cell: (row) => row.projects.join(", ") || context.say({ en: "all", zh: "全部" }),
      },
      { header: { en: "server", zh: "地址" }, wide: true, cell: (row) => row.server },
      { header: { en: "user", zh: "用户" }, wide: true, cell: (row) => row.user },
      { header: { en: "credential", zh: "凭据" }, wide: true, cell: (row) => row.auth },
      { header: { en: "breaker", zh: "熔断器" }, wide: true, cell: (row) => row.breaker },
      { header: { en: "detail", zh: "说明" }, cell: (row) => row.detail },
    ],
    name: (row) => row.name,
    data,
    empty: { en: "the server has no clusters", zh: "服务器没有集群" },
  });
  return EXIT.done.code;
}

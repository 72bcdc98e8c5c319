// kubemin serve: runs the server and the engine in this process until Ctrl-C. It calls only clusters that the user
// named; if no context is named, it simulates a cluster. src/serve.ts puts the server together.
import { createClient } from "../../../api/client.ts";
import { readNodes } from "../../administration/nodesFile.ts";
import { refuseSecond, settingsOf, startServer } from "../../administration/startServer.ts";
import { readSource } from "../../arguments/input.ts";
import { deploySource } from "../../documents/deploySource.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { usageFailure } from "../../grammar/failure.ts";
import { PLUGIN_OPTION } from "../../grammar/plugins.ts";
import type { Serving } from "../../grammar/root.ts";
import type { SourceText } from "../../output/problems.ts";
import { clusterLabel } from "../../output/sandbox.ts";
import { painter } from "../../terminal/style.ts";

export const serveCommand = defineCommand({
  name: "serve",
  summary: { en: "server and engine in one process", zh: "在一个进程内运行服务器与引擎" },
  details: {
    en: "Without --context everything happens in a sandbox: a simulated cluster on which nothing runs.",
    zh: "不带 --context 时，一切都在 sandbox（模拟集群）中进行，不会真正运行任何程序。",
  },
  examples: [
    { line: "serve --deploy app.yaml", text: { en: "try a document in the sandbox", zh: "在 sandbox 中试运行文档" } },
    {
      line: "serve --context my-cluster",
      text: { en: "deploy to the cluster of that kubeconfig context", zh: "部署到该 kubeconfig 上下文对应的集群" },
    },
    {
      line: "serve --worker --context my-cluster --database postgres://kubemin@db/kubemin",
      text: { en: "add a process that drives runs", zh: "增加一个驱动运行的进程" },
    },
  ],
  arguments: [],
  options: {
    ...PLUGIN_OPTION,
    port: {
      type: "number",
      value: "PORT",
      summary: { en: "default: 8384; 0 for any free port", zh: "默认 8384；0 表示任意空闲端口" },
    },
    host: { type: "text", value: "ADDRESS", summary: { en: "default: 127.0.0.1", zh: "默认 127.0.0.1" } },
    "allow-remote": {
      type: "flag",
      summary: {
        en: "required for another --host: tokens are then sent unencrypted, so put a proxy with TLS in front",
        zh: "使用其他 --host 时必需：令牌将以明文传输，请在前面加 TLS 代理",
      },
    },
    data: {
      type: "text",
      value: "DIR",
      complete: "file",
      summary: {
        en: "folder for the database and the key (default: in the state directory)",
        zh: "数据库与主密钥的目录（默认在状态目录下）",
      },
    },
    database: {
      type: "text",
      value: "URL",
      summary: {
        en: "SQLite file or postgres:// address (default: KUBEMIN_DATABASE, otherwise SQLite in --data)",
        zh: "SQLite 文件或 postgres:// 地址（默认取 KUBEMIN_DATABASE，否则为 --data 中的 SQLite）",
      },
    },
    api: {
      type: "flag",
      summary: {
        en: "only answer requests; other processes drive the runs (needs PostgreSQL)",
        zh: "仅处理请求，由其他进程驱动运行（需要 PostgreSQL）",
      },
    },
    worker: {
      type: "flag",
      summary: {
        en: "only drive runs; its port answers only probes and the programs of jobs (needs PostgreSQL)",
        zh: "仅驱动运行，端口只应答探针与作业程序的回调（需要 PostgreSQL）",
      },
    },
    slots: {
      type: "number",
      value: "COUNT",
      summary: {
        en: "runs that this process drives at the same time (default: 400)",
        zh: "本进程同时驱动的运行数（默认 400）",
      },
    },
    "project-limit": {
      type: "number",
      value: "COUNT",
      summary: {
        en: "runs of one project that may be in progress at the same time (default: no limit)",
        zh: "单个项目可同时进行的运行数（默认不限）",
      },
    },
    kubeconfig: {
      type: "text",
      value: "FILE",
      complete: "file",
      summary: { en: "default: KUBECONFIG, otherwise ~/.kube/config", zh: "默认取 KUBECONFIG，否则为 ~/.kube/config" },
    },
    context: {
      type: "list",
      value: "NAME",
      summary: {
        en: "kubeconfig context to use; may be repeated; other clusters are never called",
        zh: "要使用的 kubeconfig 上下文，可重复；绝不访问其他集群",
      },
    },
    sandbox: {
      type: "flag",
      summary: { en: "add a simulated cluster to the named ones", zh: "除指定集群外再加一个模拟集群" },
    },
    "no-sandbox": {
      type: "flag",
      summary: {
        en: "without --context: use only registered clusters, no simulated one",
        zh: "不带 --context 时不使用模拟集群，只使用已注册的集群",
      },
    },
    "sandbox-nodes": {
      type: "text",
      value: "FILE",
      complete: "file",
      summary: {
        en: "nodes that the sandbox simulates, such as the output of kubectl get nodes -o yaml",
        zh: "sandbox 模拟的节点，例如 kubectl get nodes -o yaml 的输出",
      },
    },
    keep: {
      type: "list",
      value: "WHAT=AGE",
      summary: {
        en: "how long to keep runs (default: 90d), logs (30d), events (30d) and revisions (365d), or forever; may be repeated",
        zh: "保留时长：runs（默认 90d）、logs（30d）、events（30d）、revisions（365d），或 forever，可重复",
      },
    },
    "allow-exec": {
      type: "list",
      value: "PROGRAM",
      summary: {
        en: "program that the kubeconfig of a registered cluster may run to get its credential; may be repeated",
        zh: "允许已注册集群的 kubeconfig 为获取凭据而运行的程序，可重复",
      },
    },
    charts: {
      type: "text",
      value: "DIR",
      complete: "file",
      summary: {
        en: "folder of Helm charts that components of type helm may name",
        zh: "helm 类型组件可引用的 chart 目录",
      },
    },
    "allow-outgoing": {
      type: "list",
      value: "NETWORK",
      summary: {
        en: "internal network, address or name that steps, workers and sinks may call; may be repeated",
        zh: "允许步骤、worker 与 sink 访问的内部网段、地址或名称，可重复",
      },
    },
    "public-url": {
      type: "text",
      value: "URL",
      summary: {
        en: "address at which pods and workers reach this server (default: its own address)",
        zh: "Pod 与 worker 访问本服务器的地址（默认为其自身地址）",
      },
    },
    deploy: {
      type: "text",
      value: "FILE",
      complete: "file",
      summary: { en: "deploy this document when the server has started", zh: "服务器启动后部署该文档" },
    },
    once: {
      type: "flag",
      summary: {
        en: "with --deploy: stop when the run has ended, with its exit code",
        zh: "与 --deploy 同用：运行结束后停止，并返回其退出码",
      },
    },
    "create-namespace": {
      type: "flag",
      summary: {
        en: "with --deploy: create the namespace if it does not exist",
        zh: "与 --deploy 同用：命名空间不存在时创建",
      },
    },
  },
  async run(context) {
    const { options } = context;
    const file = options["sandbox-nodes"];
    const settings = settingsOf({
      ...options,
      nodes: file === undefined ? undefined : await readNodes(context, file),
      database: options.database ?? (context.terminal.env["KUBEMIN_DATABASE"] || undefined),
    });
    if (options.once && options.deploy === undefined)
      throw usageFailure(
        { en: "--once can only be used with --deploy", zh: "--once 只能与 --deploy 同用" },
        { en: "add --deploy FILE", zh: "请加上 --deploy 文件" },
      );
    if (options.worker && options.deploy !== undefined)
      throw usageFailure(
        {
          en: "a worker accepts no documents: use --deploy with serve or serve --api",
          zh: "worker 不接收文档：请把 --deploy 用于 serve 或 serve --api",
        },
        { en: "remove --deploy", zh: "请去掉 --deploy" },
      );
    // The file is read before anything starts, so that a mistyped name does not start a server.
    const source = options.deploy === undefined ? undefined : await readSource(context, options.deploy);
    await refuseSecond(context, settings);
    const serving = await startServer(context, settings);
    if (source === undefined) {
      // Before the address is printed: a client that reads it may stop the server immediately.
      const stopped = untilStopped(context, serving);
      sayWhere(context, serving);
      return await stopped;
    }
    sayWhere(context, serving);
    const exit = await deployInto(context, serving, { source, createNamespace: options["create-namespace"] });
    if (!options.once && exit !== EXIT.interrupted.code) return await untilStopped(context, serving);
    await serving.stop();
    return exit;
  },
});

function sayWhere(context: CommandContext, serving: Serving): void {
  const { stdout, stderr } = context.terminal;
  const paint = painter(context.terminal, stderr);
  stdout.write(`${serving.url}\n`);
  const listens =
    serving.role === "worker"
      ? {
          en: "kubemin {version} drives runs and answers probes here; Ctrl-C stops it",
          zh: "kubemin {version} 正在驱动运行，并在此应答探针；Ctrl-C 停止",
        }
      : { en: "kubemin {version} listens here; Ctrl-C stops it", zh: "kubemin {version} 在此监听；Ctrl-C 停止" };
  stderr.write(`${context.say(listens, { version: context.root.version })}\n`);
  for (const cluster of serving.clusters) {
    const label = clusterLabel(context, cluster);
    const line = `${context.say({ en: "cluster", zh: "集群" })} ${label}${cluster.detail ? ` · ${cluster.detail}` : ""}`;
    stderr.write(
      `${cluster.kind === "sandbox" ? paint("warning", line.replace("sandbox (", "SANDBOX (").replace("sandbox（", "SANDBOX（")) : line}\n`,
    );
  }
  if (serving.role === "worker") return;
  stderr.write(
    `${context.say({ en: "kubemin commands on this machine find it; on other machines set KUBEMIN_URL={url} KUBEMIN_TOKEN=… (token in {file})", zh: "本机的 kubemin 命令会自动找到它；其他机器请设置 KUBEMIN_URL={url} KUBEMIN_TOKEN=…（令牌在 {file}）" }, { url: serving.url, file: serving.tokenFile })}\n`,
  );
}

async function deployInto(
  context: CommandContext,
  serving: Serving,
  asked: { readonly source: SourceText; readonly createNamespace: boolean },
): Promise<number> {
  const client = createClient({
    url: serving.url,
    token: serving.token,
    language: context.language,
    userAgent: `kubemin-cli/${context.root.version}`,
  });
  // With several clusters a deploy must name one: the first one that the user named.
  const cluster = serving.clusters.length > 1 ? serving.clusters[0]?.name : undefined;
  const { source, createNamespace } = asked;
  const watch = { timeout: undefined, detach: false, "no-watch": false };
  try {
    return await deploySource(context, {
      client,
      source,
      cluster,
      createNamespace,
      force: false,
      adopt: false,
      message: "",
      ifRevision: undefined,
      yes: true,
      watch,
    });
  } catch (error) {
    await serving.stop();
    throw error;
  }
}

/**
 * Longest time for a stop, in milliseconds; a kubelet kills after 30 s. If something hangs (such as a database that
 * does not answer), waiting longer has no use: runs continue from what is stored.
 */
const LONGEST_STOP = 25_000;

/**
 * Waits until the server has stopped. Ctrl-C or SIGTERM stops it cleanly; a second one, or LONGEST_STOP, ends the
 * process.
 */
async function untilStopped(context: CommandContext, serving: Serving): Promise<number> {
  let interrupted = false;
  const stopped = new AbortController();
  const forget = context.terminal.onInterrupt(() => {
    interrupted = true;
    forget();
    context.terminal.stderr.write(
      `${context.say({ en: "stopping; unfinished runs continue in another process or at the next start", zh: "正在停止；未完成的运行由其他进程或在下次启动时继续" })}\n`,
    );
    void serving.stop();
    void context.terminal.sleep(LONGEST_STOP, stopped.signal).then(() => {
      if (!stopped.signal.aborted) giveUpStopping(context);
    });
  });
  try {
    await serving.done;
    return interrupted ? EXIT.done.code : EXIT.failed.code;
  } finally {
    stopped.abort();
    forget();
  }
}

function giveUpStopping(context: CommandContext): void {
  context.terminal.stderr.write(
    `${context.say({ en: "the server could not stop cleanly, because something hangs; the process ends now, and nothing is lost", zh: "有操作卡住，服务器无法正常停止；进程现在结束，不会丢失任何内容" })}\n`,
  );
  context.terminal.exit(EXIT.failed.code);
}

// kubemin serve: server and engine in this process, until Ctrl-C. Touches only clusters that were named; without one it simulates.
import { createClient } from "../../../api/client.ts";
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
    zh: "不带 --context 时一切都在 sandbox（模拟集群）中进行，不会真正运行任何程序。",
  },
  examples: [
    { line: "serve --deploy app.yaml", text: { en: "try a document in the sandbox", zh: "在 sandbox 中试运行文档" } },
    {
      line: "serve --context my-cluster",
      text: { en: "deploy to the cluster of that kubeconfig context", zh: "部署到该 kubeconfig 上下文对应的集群" },
    },
    {
      line: "serve --worker --context my-cluster --database postgres://kubemin@db/kubemin",
      text: { en: "one more process that drives runs", zh: "再加一个执行运行的进程" },
    },
  ],
  arguments: [],
  options: {
    ...PLUGIN_OPTION,
    port: {
      type: "number",
      value: "PORT",
      summary: { en: "default 8384; 0: any free one", zh: "默认 8384；0 表示任意空闲端口" },
    },
    host: { type: "text", value: "ADDRESS", summary: { en: "default 127.0.0.1", zh: "默认 127.0.0.1" } },
    "allow-remote": {
      type: "flag",
      summary: {
        en: "needed for another --host: tokens then travel unencrypted, put TLS in front",
        zh: "使用其他 --host 时必需：令牌将以明文传输，请在前面加 TLS",
      },
    },
    data: {
      type: "text",
      value: "DIR",
      complete: "file",
      summary: { en: "store and keys (default: in the state directory)", zh: "存储与密钥目录（默认在状态目录下）" },
    },
    database: {
      type: "text",
      value: "URL",
      summary: {
        en: "SQLite file or postgres:// address (default: KUBEMIN_DATABASE, else SQLite in --data)",
        zh: "SQLite 文件或 postgres:// 地址（默认 KUBEMIN_DATABASE，否则 --data 中的 SQLite）",
      },
    },
    api: {
      type: "flag",
      summary: {
        en: "answer requests only; others drive the runs (needs PostgreSQL)",
        zh: "仅处理请求，由其他进程执行运行（需要 PostgreSQL）",
      },
    },
    worker: {
      type: "flag",
      summary: {
        en: "drive runs only; its port answers probes and programs (needs PostgreSQL)",
        zh: "仅执行运行，端口只应答探针与程序回调（需要 PostgreSQL）",
      },
    },
    slots: {
      type: "number",
      value: "COUNT",
      summary: {
        en: "runs that this process moves at the same time (default 400)",
        zh: "本进程同时推进的运行数（默认 400）",
      },
    },
    "project-limit": {
      type: "number",
      value: "COUNT",
      summary: {
        en: "runs of one project under way at the same time (default: any number)",
        zh: "单个项目同时进行的运行数（默认不限）",
      },
    },
    kubeconfig: {
      type: "text",
      value: "FILE",
      complete: "file",
      summary: { en: "default: KUBECONFIG, else ~/.kube/config", zh: "默认 KUBECONFIG，否则 ~/.kube/config" },
    },
    context: {
      type: "list",
      value: "NAME",
      summary: {
        en: "kubeconfig context to use; may be repeated; no other is touched",
        zh: "要使用的 kubeconfig 上下文，可重复；其他集群绝不触碰",
      },
    },
    sandbox: {
      type: "flag",
      summary: { en: "a simulated cluster too, beside the named ones", zh: "除指定集群外再加一个模拟集群" },
    },
    "no-sandbox": {
      type: "flag",
      summary: {
        en: "without --context: no simulated cluster, only those that are registered",
        zh: "不带 --context 时不使用模拟集群，只使用已注册的集群",
      },
    },
    keep: {
      type: "list",
      value: "WHAT=AGE",
      summary: {
        en: "how long to keep runs (90d), logs (30d), events (30d), revisions (365d), or forever; may be repeated",
        zh: "保留时长：runs（90d）、logs（30d）、events（30d）、revisions（365d），或 forever，可重复",
      },
    },
    "allow-exec": {
      type: "list",
      value: "PROGRAM",
      summary: {
        en: "program that the kubeconfig of a registered cluster may run for its credential; may be repeated",
        zh: "允许已注册集群的 kubeconfig 运行的凭据程序，可重复",
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
        en: "inner network, address or name that steps, workers and sinks may call; may be repeated",
        zh: "允许步骤、worker 与 sink 访问的内部网段、地址或名称，可重复",
      },
    },
    "public-url": {
      type: "text",
      value: "URL",
      summary: {
        en: "how pods and workers reach this server (default: its own address)",
        zh: "Pod 与 worker 访问本服务器的地址（默认为其自身地址）",
      },
    },
    deploy: {
      type: "text",
      value: "FILE",
      complete: "file",
      summary: { en: "deploy this document once the server is up", zh: "启动后部署该文档" },
    },
    once: {
      type: "flag",
      summary: {
        en: "with --deploy: stop when it has settled, with its exit code",
        zh: "与 --deploy 同用：完成后停止，并返回其退出码",
      },
    },
    "create-namespace": {
      type: "flag",
      summary: {
        en: "with --deploy: make the namespace when it does not exist",
        zh: "与 --deploy 同用：命名空间不存在时创建",
      },
    },
  },
  async run(context) {
    const { options } = context;
    const settings = settingsOf({
      ...options,
      database: options.database ?? (context.terminal.env["KUBEMIN_DATABASE"] || undefined),
    });
    if (options.once && options.deploy === undefined)
      throw usageFailure(
        { en: "--once makes sense only with --deploy", zh: "--once 只能与 --deploy 同用" },
        { en: "add --deploy FILE", zh: "请加上 --deploy 文件" },
      );
    if (options.worker && options.deploy !== undefined)
      throw usageFailure(
        {
          en: "a worker takes no documents: --deploy goes with serve, or serve --api",
          zh: "worker 不接收文档：--deploy 用于 serve 或 serve --api",
        },
        { en: "leave out --deploy", zh: "请去掉 --deploy" },
      );
    // Read before anything starts: a mistyped name must not leave a server behind.
    const source = options.deploy === undefined ? undefined : await readSource(context, options.deploy);
    await refuseSecond(context, settings);
    const serving = await startServer(context, settings);
    sayWhere(context, serving);
    if (source === undefined) return await untilStopped(context, serving);
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
          en: "kubemin {version} drives runs; probes are answered here; Ctrl-C stops it",
          zh: "kubemin {version} 正在执行运行；探针在此应答；Ctrl-C 停止",
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
    `${context.say({ en: "on this machine every kubemin command finds it; elsewhere: KUBEMIN_URL={url} KUBEMIN_TOKEN=… (token in {file})", zh: "本机的 kubemin 命令会自动找到它；其他地方：KUBEMIN_URL={url} KUBEMIN_TOKEN=…（令牌在 {file}）" }, { url: serving.url, file: serving.tokenFile })}\n`,
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
  // With several clusters the document or the user must say which: then the first that was named.
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

/** A kubelet kills after 30 s. What hangs then (a database that says nothing) would only keep the process: everything goes on from the store. */
const LONGEST_STOP = 25_000;

/** Ctrl-C or SIGTERM stops cleanly; a second one ends the process as usual, and so does a stop that takes too long. */
async function untilStopped(context: CommandContext, serving: Serving): Promise<number> {
  let interrupted = false;
  const stopped = new AbortController();
  const forget = context.terminal.onInterrupt(() => {
    interrupted = true;
    forget();
    context.terminal.stderr.write(
      `${context.say({ en: "stopping; unfinished runs go on in another process, or at the next start", zh: "正在停止；未完成的运行由其他进程或在下次启动时继续" })}\n`,
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
    `${context.say({ en: "something hangs and does not let it stop; it ends all the same, and nothing is lost", zh: "有操作卡住，无法正常停止；进程仍会结束，不会丢失任何内容" })}\n`,
  );
  context.terminal.exit(EXIT.failed.code);
}

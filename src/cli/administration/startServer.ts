// The options of `kubemin serve`, checked before anything starts, and the errors of a start: a second server on this
// machine, a port that is in use. The server itself is put together in src/serve.ts.

import { createClient } from "../../api/client.ts";
import { isPostgresUrl } from "../../model/data/databaseAddress.ts";
import { dig } from "../../model/data/json.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { keepOf } from "../arguments/retentionOptions.ts";
import type { CommandContext } from "../grammar/command.ts";
import { EXIT } from "../grammar/exitCodes.ts";
import { Failure, usageFailure } from "../grammar/failure.ts";
import type { ProcessRole, ServeOptions, Serving } from "../grammar/root.ts";
import { isRunning, readLocalServer } from "../reach/localServer.ts";

const PORT = 8384;
const ANSWER_WITHIN = 10_000;
const LOOPBACK: readonly string[] = ["127.0.0.1", "::1", "localhost"];

interface Settings {
  readonly port: number | undefined;
  readonly host: string | undefined;
  readonly "allow-remote": boolean;
  readonly data: string | undefined;
  readonly database: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly context: readonly string[];
  readonly sandbox: boolean;
  readonly "no-sandbox"?: boolean;
  readonly nodes?: readonly Manifest[] | undefined;
  readonly keep?: readonly string[] | undefined;
  readonly "allow-exec"?: readonly string[] | undefined;
  readonly charts?: string | undefined;
  readonly "allow-outgoing"?: readonly string[] | undefined;
  readonly "public-url"?: string | undefined;
  readonly api: boolean;
  readonly worker: boolean;
  readonly slots: number | undefined;
  readonly "project-limit": number | undefined;
}

export function settingsOf(options: Settings): ServeOptions {
  const role = roleOf(options);
  // Several workers on one machine must not use the same port. A free one will do: only probes and programs on the
  // clusters call it.
  const usual = role === "worker" ? 0 : PORT;
  const { port = usual, host = "127.0.0.1", data, database, kubeconfig, context: contexts } = options;
  if (!LOOPBACK.includes(host) && !options["allow-remote"])
    throw usageFailure(
      {
        en: "--host {host} would accept requests from other machines, and tokens would be sent unencrypted",
        zh: "--host {host} 会允许其他机器访问，且令牌以明文传输",
      },
      {
        en: "put a proxy with TLS in front of 127.0.0.1, or add --allow-remote",
        zh: "请在 127.0.0.1 前加 TLS 代理，或明确加上 --allow-remote",
      },
      { host },
    );
  if (port > 65_535)
    throw usageFailure(
      { en: "--port: {port} is not a port number", zh: "--port：{port} 不是端口号" },
      { en: "write a number from 0 to 65535", zh: "请写 0 到 65535 之间的数" },
      { port },
    );
  const { charts, nodes } = options;
  // API and worker processes get no sandbox: each process would simulate a cluster of its own.
  const sandbox = role === "all" && (options.sandbox || (contexts.length === 0 && options["no-sandbox"] !== true));
  if (nodes !== undefined && !sandbox)
    throw usageFailure(
      { en: "--sandbox-nodes needs a sandbox", zh: "--sandbox-nodes 需要 sandbox" },
      { en: "add --sandbox, or remove --sandbox-nodes", zh: "请加上 --sandbox，或去掉 --sandbox-nodes" },
    );
  return {
    role,
    slots: options.slots,
    projectLimit: options["project-limit"],
    host,
    port,
    data,
    database,
    kubeconfig,
    contexts,
    charts,
    allowOutgoing: options["allow-outgoing"] ?? [],
    publicUrl: options["public-url"],
    allowExec: options["allow-exec"] ?? [],
    keep: keepOf(options.keep ?? []),
    sandbox,
    sandboxNodes: nodes,
  };
}

function roleOf({ api, worker, sandbox, database }: Settings): ProcessRole {
  if (api && worker)
    throw usageFailure(
      {
        en: "--api and --worker together are the same as neither: kubemin serve does both",
        zh: "同时使用 --api 与 --worker 等于都不用：kubemin serve 两者都做",
      },
      { en: "remove both options, or start two processes", zh: "请去掉这两个选项，或启动两个进程" },
    );
  if (!api && !worker) return "all";
  const word = api ? "--api" : "--worker";
  if (!isShared(database))
    throw usageFailure(
      { en: "{word} needs a database that several processes can share", zh: "{word} 需要可由多个进程共享的数据库" },
      {
        en: "add --database postgres://…, with the same address for all processes",
        zh: "请加上 --database postgres://…，各进程使用同一地址",
      },
      { word },
    );
  if (sandbox)
    throw usageFailure(
      {
        en: "{word} cannot have a sandbox: each process would simulate a different cluster",
        zh: "{word} 不能使用 sandbox：每个进程会各自模拟一个",
      },
      { en: "name a cluster with --context, or remove {word}", zh: "请用 --context 指定集群，或去掉 {word}" },
      { word },
    );
  return api ? "api" : "worker";
}

function isShared(database: string | undefined): boolean {
  return database !== undefined && isPostgresUrl(database);
}

const ALREADY = {
  code: "Conflict",
  exit: EXIT.conflict.code,
  text: {
    en: "a kubemin server already runs on this machine: {url} (process {pid})",
    zh: "本机已有 kubemin 服务器在运行：{url}（进程 {pid}）",
  },
  advice: {
    en: "use it (kubemin status), stop it (kill {pid}), or start a second one with its own data: --data DIR --port 0",
    zh: "可直接使用（kubemin status）、停止它（kill {pid}），或用独立的数据目录再启动一个：--data 目录 --port 0",
  },
} as const;
const PORT_TAKEN = {
  code: "Conflict",
  exit: EXIT.conflict.code,
  text: { en: "another program uses port {port} of {host}", zh: "{host} 的端口 {port} 已被其他程序占用" },
  advice: {
    en: "choose another port with --port, or use any free port with --port 0",
    zh: "请用 --port 换一个端口，或用 --port 0 任选空闲端口",
  },
} as const;

/**
 * Throws if a server of this machine already uses the default data directory: two servers on one SQLite database would
 * both drive the same runs. A server that does not answer within 10 s does not count.
 */
export async function refuseSecond(context: CommandContext, settings: ServeOptions): Promise<void> {
  const local = readLocalServer(context.root.home);
  if (local === undefined || settings.data !== undefined || settings.database !== undefined || !isRunning(local))
    return;
  const answered = new AbortController();
  const late = context.terminal.sleep(ANSWER_WITHIN, answered.signal).then(() => false);
  const answers = createClient({ url: local.url, token: local.token })
    .call("getVersion", {})
    .then(
      () => true,
      () => false,
    );
  const there = await Promise.race([answers, late]);
  answered.abort();
  if (there) throw new Failure(ALREADY, { url: local.url, pid: local.pid });
}

export async function startServer(context: CommandContext, settings: ServeOptions): Promise<Serving> {
  try {
    return await context.root.serve(settings);
  } catch (error) {
    if (dig(error, "code") !== "EADDRINUSE") throw error;
    throw new Failure(PORT_TAKEN, { port: settings.port, host: settings.host });
  }
}

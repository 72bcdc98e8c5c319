// What is asked for with `kubemin serve`, checked before anything starts, and the failures to start that have a name.

import { createClient } from "../../api/client.ts";
import { isPostgresUrl } from "../../model/data/databaseAddress.ts";
import { dig } from "../../model/data/json.ts";
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
  // Several workers on one machine must not ask for the same port: nobody but probes and programs of theirs looks for it.
  const usual = role === "worker" ? 0 : PORT;
  const { port = usual, host = "127.0.0.1", data, database, kubeconfig, context: contexts } = options;
  if (!LOOPBACK.includes(host) && !options["allow-remote"])
    throw usageFailure(
      {
        en: "--host {host} would let other machines in, and tokens would travel unencrypted",
        zh: "--host {host} 会允许其他机器访问，且令牌以明文传输",
      },
      {
        en: "put a proxy with TLS in front of 127.0.0.1, or say --allow-remote",
        zh: "请在 127.0.0.1 前加 TLS 代理，或明确加上 --allow-remote",
      },
      { host },
    );
  if (port > 65_535)
    throw usageFailure(
      { en: "--port: {port} is no port", zh: "--port：{port} 不是端口" },
      { en: "0 to 65535", zh: "0 到 65535" },
      { port },
    );
  const { charts } = options;
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
    // Every process would have another one.
    sandbox: role === "all" && (options.sandbox || (contexts.length === 0 && options["no-sandbox"] !== true)),
  };
}

function roleOf({ api, worker, sandbox, database }: Settings): ProcessRole {
  if (api && worker)
    throw usageFailure(
      {
        en: "--api and --worker in one process are just: kubemin serve",
        zh: "同一进程内同时 --api 与 --worker 即 kubemin serve",
      },
      { en: "leave both out, or start two processes", zh: "请都去掉，或启动两个进程" },
    );
  if (!api && !worker) return "all";
  const word = api ? "--api" : "--worker";
  if (!isShared(database))
    throw usageFailure(
      { en: "{word} needs a database that processes can share", zh: "{word} 需要可由多个进程共享的数据库" },
      { en: "add --database postgres://…, the same for all of them", zh: "请加上 --database postgres://…，各进程相同" },
      { word },
    );
  if (sandbox)
    throw usageFailure(
      {
        en: "{word} cannot have a sandbox: every process would simulate another one",
        zh: "{word} 不能使用 sandbox：每个进程会各自模拟一个",
      },
      { en: "name a cluster with --context, or leave out {word}", zh: "请用 --context 指定集群，或去掉 {word}" },
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
    en: "a kubemin server runs here already: {url} (process {pid})",
    zh: "本机已有 kubemin 服务器：{url}（进程 {pid}）",
  },
  advice: {
    en: "use it (kubemin status), stop it (kill {pid}), or start a second one with its own store: --data DIR --port 0",
    zh: "可直接使用（kubemin status）、停止它（kill {pid}），或用独立存储再启动一个：--data 目录 --port 0",
  },
} as const;
const PORT_TAKEN = {
  code: "Conflict",
  exit: EXIT.conflict.code,
  text: { en: "port {port} of {host} is taken by another program", zh: "{host} 的端口 {port} 已被其他程序占用" },
  advice: {
    en: "choose another with --port, or any free one with --port 0",
    zh: "请用 --port 换一个端口，或用 --port 0 任选空闲端口",
  },
} as const;

/** Two servers on one store would both drive the same runs. */
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

// Chooses the server and the token: --server, otherwise KUBEMIN_URL, otherwise the server on this machine. The token
// comes from KUBEMIN_TOKEN or KUBEMIN_TOKEN_FILE, otherwise from the record of the server on this machine.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Client, createClient } from "../../api/client.ts";
import type { Unparsed } from "../grammar/command.ts";
import { EXIT } from "../grammar/exitCodes.ts";
import { Failure, type FailureText } from "../grammar/failure.ts";
import { isRunning, readLocalServer } from "./localServer.ts";

export interface Address {
  readonly url: string;
  readonly token: string | undefined;
  readonly source: "option" | "environment" | "local";
}

const NO_SERVER: FailureText = {
  code: "NoServer",
  exit: EXIT.failed.code,
  text: {
    en: "no kubemin server was named, and none runs on this machine",
    zh: "未指定 kubemin 服务器，本机也没有正在运行的服务器",
  },
  advice: {
    en: "start one with: kubemin serve   (or set KUBEMIN_URL and KUBEMIN_TOKEN)",
    zh: "启动一个：kubemin serve   （或设置 KUBEMIN_URL 与 KUBEMIN_TOKEN）",
  },
};
const STALE_SERVER: FailureText = {
  code: "NoServer",
  exit: EXIT.failed.code,
  text: {
    en: "the kubemin server on this machine (process {pid}, {url}) no longer runs",
    zh: "本机的 kubemin 服务器（进程 {pid}，{url}）已不在运行",
  },
  advice: { en: "start one with: kubemin serve", zh: "启动一个：kubemin serve" },
};
export const UNREACHABLE: FailureText = {
  code: "ServerUnreachable",
  exit: EXIT.failed.code,
  text: { en: "no kubemin server answers at {url}", zh: "{url} 没有 kubemin 服务器应答" },
  advice: {
    en: "check the address and the network, or start one with: kubemin serve",
    zh: "请检查地址与网络，或启动一个：kubemin serve",
  },
};
const BAD_ADDRESS: FailureText = {
  code: "Usage",
  exit: EXIT.usage.code,
  text: { en: "{url} is not the address of a server", zh: "{url} 不是服务器地址" },
  advice: { en: "write it like http://127.0.0.1:8384", zh: "写法如 http://127.0.0.1:8384" },
};
const TOKEN_FILE: FailureText = {
  code: "Usage",
  exit: EXIT.usage.code,
  text: { en: "the token file {path} cannot be read", zh: "无法读取令牌文件 {path}" },
  advice: { en: "check KUBEMIN_TOKEN_FILE", zh: "请检查 KUBEMIN_TOKEN_FILE" },
};

export function findServer(context: Unparsed): Address {
  const { env } = context.terminal;
  const named = context.globals.server ?? (env["KUBEMIN_URL"] || undefined);
  const local = readLocalServer(context.root.home);
  if (named !== undefined) {
    if (!/^https?:\/\//.test(named) || !URL.canParse(named)) throw new Failure(BAD_ADDRESS, { url: named });
    const same = local !== undefined && new URL(local.url).href === new URL(named).href;
    const token = namedToken(context) ?? (same ? local.token : undefined);
    return { url: named, token, source: context.globals.server === undefined ? "environment" : "option" };
  }
  if (local === undefined) throw new Failure(NO_SERVER);
  if (!isRunning(local)) throw new Failure(STALE_SERVER, { pid: local.pid, url: local.url });
  return { url: local.url, token: namedToken(context) ?? local.token, source: "local" };
}

function namedToken(context: Unparsed): string | undefined {
  const { env, directory } = context.terminal;
  if (env["KUBEMIN_TOKEN"]) return env["KUBEMIN_TOKEN"];
  const path = env["KUBEMIN_TOKEN_FILE"];
  if (!path) return undefined;
  try {
    return readFileSync(resolve(directory, path), "utf8").trim();
  } catch {
    throw new Failure(TOKEN_FILE, { path });
  }
}

export function connect(context: Unparsed, address: Address = findServer(context)): Client {
  return createClient({
    url: address.url,
    token: address.token,
    language: context.language,
    userAgent: `kubemin-cli/${context.root.version}`,
  });
}

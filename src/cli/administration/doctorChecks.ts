// The checks of `kubemin doctor`, in order. A check that depends on one that failed is skipped.
import { accessSync, constants, mkdirSync } from "node:fs";
import type { AnswerOf, Client } from "../../api/client.ts";
import { ApiError } from "../../api/client.ts";
import type { CommandContext } from "../grammar/command.ts";
import { Failure } from "../grammar/failure.ts";
import { clusterLabel } from "../output/sandbox.ts";
import { type Address, findServer } from "../reach/connect.ts";
import { checkSecurity, type DoctorCheck } from "./checkSecurity.ts";

const NODE_NEEDED = 22;

export async function checkUp(
  context: CommandContext,
  connectTo: (address: Address) => Client,
  network: "ask" | "leave",
): Promise<readonly DoctorCheck[]> {
  const local = [checkNode(context), checkHome(context)];
  const { address, check } = checkAddress(context);
  if (address === undefined) return [...local, check];
  const client = connectTo(address);
  const server = await checkServer(context, client, address);
  if (server.grade === "fail") return [...local, server];
  const token = await checkToken(context, client);
  if (token.grade === "fail") return [...local, server, token];
  return [...local, server, token, ...(await checkClusters(context, client, network))];
}

function checkNode(context: CommandContext): DoctorCheck {
  const name = context.say({ en: "node", zh: "Node" });
  const ok = Number(process.versions.node.split(".")[0]) >= NODE_NEEDED;
  const advice = context.say(
    {
      en: "kubemin needs Node {needed} or newer; npm install includes one: start with bin/kubemin",
      zh: "需要 Node {needed} 或更高版本；npm install 会安装一份，请用 bin/kubemin 启动",
    },
    { needed: NODE_NEEDED },
  );
  return { grade: ok ? "ok" : "fail", name, detail: process.version, advice: ok ? "" : advice };
}

function checkHome(context: CommandContext): DoctorCheck {
  const { home } = context.root;
  const name = context.say({ en: "state directory", zh: "状态目录" });
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
    return { grade: "ok", name, detail: home, advice: "" };
  } catch {
    const advice = context.say({
      en: "make it writable, or name another directory with KUBEMIN_HOME",
      zh: "请使其可写，或用 KUBEMIN_HOME 指定其他目录",
    });
    return {
      grade: "fail",
      name,
      detail: context.say({ en: "{home} cannot be written", zh: "{home} 不可写" }, { home }),
      advice,
    };
  }
}

function checkAddress(context: CommandContext): { readonly address: Address | undefined; readonly check: DoctorCheck } {
  try {
    return { address: findServer(context), check: { grade: "ok", name: "", detail: "", advice: "" } };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const detail = context.say(error.what.text, error.params);
    const advice = context.say(error.what.advice, error.params);
    return { address: undefined, check: { grade: "fail", name: serverName(context), detail, advice } };
  }
}

function serverName(context: CommandContext): string {
  return context.say({ en: "server", zh: "服务器" });
}

async function checkServer(context: CommandContext, client: Client, address: Address): Promise<DoctorCheck> {
  const name = serverName(context);
  try {
    const { version, node } = await client.call("getVersion", {});
    const same = version === context.root.version;
    const advice = context.say(
      {
        en: "this program is version {own}; use the same version on both sides",
        zh: "本程序版本为 {own}；两端请使用相同版本",
      },
      { own: context.root.version },
    );
    return {
      grade: same ? "ok" : "warn",
      name,
      detail: `${address.url} · kubemin ${version} · node ${node}`,
      advice: same ? "" : advice,
    };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const advice = context.say({
      en: "start one with: kubemin serve, or check KUBEMIN_URL",
      zh: "启动一个：kubemin serve，或检查 KUBEMIN_URL",
    });
    return { grade: "fail", name, detail, advice };
  }
}

async function checkToken(context: CommandContext, client: Client): Promise<DoctorCheck> {
  const name = context.say({ en: "token", zh: "令牌" });
  try {
    const token = await client.call("whoAmI", {});
    const { project } = context.globals;
    const fits = token.project === "*" || token.project === project;
    const detail = `${token.name} · ${token.role} · ${token.project}`;
    const advice = context.say(
      {
        en: "the token is for project {has}, but you work in {project}: use --project {has} or another token",
        zh: "令牌属于项目 {has}，当前项目为 {project}：请用 --project {has} 或换令牌",
      },
      { has: token.project, project },
    );
    return { grade: fits ? "ok" : "warn", name, detail, advice: fits ? "" : advice };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { grade: "fail", name, detail: error.body.detail, advice: error.body.advice };
  }
}

async function checkClusters(
  context: CommandContext,
  client: Client,
  network: "ask" | "leave",
): Promise<readonly DoctorCheck[]> {
  const { items } = await client.call("listClusters", {});
  const none = context.say({
    en: "register one with kubemin cluster add, or start the server with --context NAME or --sandbox",
    zh: "请用 kubemin cluster add 注册，或用 --context 名称 或 --sandbox 启动服务器",
  });
  const name = context.say({ en: "cluster", zh: "集群" });
  if (items.length === 0) return [{ grade: "warn", name, detail: context.say({ en: "none", zh: "无" }), advice: none }];
  const reached = items.map((cluster) => checkCluster(context, name, cluster));
  const real = items.filter((one) => one.reachable && one.kind === "kubernetes");
  const secured = await Promise.all(real.map((one) => checkSecurity(context, client, { cluster: one.name, network })));
  return [...reached, ...secured.flat()];
}

function checkCluster(context: CommandContext, name: string, cluster: AnswerOf<"getCluster">): DoctorCheck {
  const detail = [clusterLabel(context, cluster), cluster.version, cluster.detail]
    .filter((part) => part !== "")
    .join(" · ");
  const advice = context.say(
    cluster.origin === "start"
      ? {
          en: "check the cluster and the kubeconfig that the server was started with",
          zh: "请检查集群以及启动服务器所用的 kubeconfig",
        }
      : {
          en: "check the cluster; to change its credential: kubemin cluster update {name} --kubeconfig FILE",
          zh: "请检查集群；更换凭据：kubemin cluster update {name} --kubeconfig 文件",
        },
    { name: cluster.name },
  );
  return {
    grade: cluster.reachable ? "ok" : "fail",
    name: `${name} ${cluster.name}`,
    detail,
    advice: cluster.reachable ? "" : advice,
  };
}

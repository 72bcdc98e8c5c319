// Of each cluster: does it refuse unsafe pods of job types by itself, and does its network obey policies? Only administrators are told, and
// the network is only tried out when that was asked for, because it makes pods.
import { ApiError, type Client } from "../../api/client.ts";
import type { CommandContext } from "../grammar/command.ts";
import type { Security } from "./secureCluster.ts";

export interface DoctorCheck {
  readonly grade: "ok" | "warn" | "fail";
  readonly name: string;
  readonly detail: string;
  /** What to do; empty when all is well. */
  readonly advice: string;
}

interface SecurityQuestion {
  readonly cluster: string;
  /** leave: the network is not tried out. */
  readonly network: "ask" | "leave";
}

export async function checkSecurity(
  context: CommandContext,
  client: Client,
  { cluster, network: wish }: SecurityQuestion,
): Promise<readonly DoctorCheck[]> {
  const asked = await allowed(() =>
    client.call("getClusterSecurity", { params: { cluster }, query: { project: context.globals.project } }),
  );
  if (asked === null) return [];
  const network = wish === "ask" ? await checkNetwork(context, client, cluster) : [];
  return [policies(context, cluster, asked), ...network];
}

function policies(context: CommandContext, cluster: string, security: Security): DoctorCheck {
  const name = context.say({ en: "job policies of {cluster}", zh: "{cluster} 的作业策略" }, { cluster });
  const count = security.policies.length;
  const open = security.policies.filter((one) => one.state !== "inForce");
  const detail = context.say(
    { en: "{good} of {count} in force", zh: "{count} 条中 {good} 条已生效" },
    { good: count - open.length, count },
  );
  const advice = context.say(
    {
      en: "an administrator installs them with: kubemin cluster secure {cluster}",
      zh: "管理员可执行：kubemin cluster secure {cluster}",
    },
    { cluster },
  );
  const [first] = open.filter((one) => one.detail !== "");
  const why = first === undefined ? "" : ` · ${first.detail}`;
  return {
    grade: open.length === 0 ? "ok" : "warn",
    name,
    detail: detail + why,
    advice: open.length === 0 ? "" : advice,
  };
}

const NETWORK = {
  enforced: { grade: "ok", text: { en: "obeys network policies", zh: "遵守网络策略" } },
  ignored: {
    grade: "warn",
    text: {
      en: "ignores network policies: jobs reach whatever the network lets them",
      zh: "忽略网络策略：作业可访问网络允许的任何地址",
    },
  },
  unknown: { grade: "warn", text: { en: "could not be tried out", zh: "无法验证" } },
} as const;

async function checkNetwork(context: CommandContext, client: Client, cluster: string): Promise<readonly DoctorCheck[]> {
  const verdict = await allowed(() => client.call("probeClusterNetwork", { params: { cluster }, body: {} }));
  if (verdict === null) return [];
  const { grade, text } = NETWORK[verdict.enforcement];
  const advice = context.say({
    en: "use a network plug-in that enforces NetworkPolicy (Calico, Cilium and others)",
    zh: "请使用支持 NetworkPolicy 的网络插件（Calico、Cilium 等）",
  });
  const name = context.say({ en: "network of {cluster}", zh: "{cluster} 的网络" }, { cluster });
  const detail = [context.say(text), verdict.detail].filter((part) => part !== "").join(" · ");
  return [{ grade, name, detail, advice: verdict.enforcement === "ignored" ? advice : "" }];
}

/** Null: it is not for us to know, or the cluster has no such thing. */
async function allowed<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

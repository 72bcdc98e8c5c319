// The security checks of `kubemin doctor`, for one cluster: whether it refuses unsafe pods of job types, and whether
// its network enforces policies. Only administrators get an answer. The network is tested only on request, because the
// test creates pods. The server does both: src/isolation/.
import { ApiError, type Client } from "../../api/client.ts";
import type { CommandContext } from "../grammar/command.ts";
import type { Security } from "./secureCluster.ts";

export interface DoctorCheck {
  readonly grade: "ok" | "warn" | "fail";
  readonly name: string;
  readonly detail: string;
  /** What the user should do; empty if the check passed. */
  readonly advice: string;
}

interface SecurityQuestion {
  readonly cluster: string;
  /** `leave` skips the network test. */
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
      en: "an administrator can install them with: kubemin cluster secure {cluster}",
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
  enforced: { grade: "ok", text: { en: "enforces network policies", zh: "执行网络策略" } },
  ignored: {
    grade: "warn",
    text: {
      en: "ignores network policies: jobs can reach every address that the network allows",
      zh: "忽略网络策略：作业可访问网络可达的任何地址",
    },
  },
  unknown: { grade: "warn", text: { en: "could not be tested", zh: "无法验证" } },
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

/** The result of the call; `null` on any error of the API, because the token may lack the right to ask. */
async function allowed<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

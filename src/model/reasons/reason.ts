// The table of reasons: why a job or an object is in its present state. It is closed; each row has a code, a sentence
// in both languages, and who must act. Which signs of a cluster lead to which reason is decided in src/kube/judge.

import { canonicalJson, type JsonObject } from "../data/json.ts";
import { type Language, type Localized, type Params, translate } from "../data/text.ts";
import { withWords } from "../data/words.ts";
import type { Actor } from "./actor.ts";
import { ANSWER_REASONS } from "./answerReasons.ts";
import { CALL_REASONS } from "./callReasons.ts";
import { CAPACITY_REASONS } from "./capacityReasons.ts";
import { CLUSTER_REASONS } from "./clusterReasons.ts";
import { MOMENT_REASONS } from "./momentReasons.ts";
import { PROGRAM_REASONS } from "./programReasons.ts";
import { QUEUE_REASONS } from "./queueReasons.ts";
import { ROOM_REASONS } from "./roomReasons.ts";
import { RUN_REASONS } from "./runReasons.ts";

export type { Actor } from "./actor.ts";

interface ReasonRow {
  readonly who: Actor;
  readonly text: Localized;
  /** The text for a parameter that may be left out. */
  readonly otherwise?: Readonly<Record<string, Localized>>;
}

export const REASONS = {
  // Waiting and working
  Beginning: { who: "nobody", text: { en: "about to start", zh: "即将开始" } },
  Dependencies: { who: "nobody", text: { en: "waits for {components}", zh: "等待 {components}" } },
  Applying: { who: "nobody", text: { en: "writing its objects ({count})", zh: "正在写入对象（{count}）" } },
  Slot: {
    who: "nobody",
    text: {
      en: "waits: {limit} jobs of this run are running, which is the most at a time",
      zh: "等待：本次运行已有 {limit} 个作业在执行，达到同时执行的上限",
    },
  },
  AfterAll: { who: "nobody", text: { en: "starts when everything else has ended", zh: "其他作业都结束后开始" } },
  Scheduled: { who: "nobody", text: { en: "starts at {at}", zh: "将于 {at} 开始" } },
  PlacesTaken: {
    who: "nobody",
    text: {
      en: "{taken} of {limit} slots of this project are in use by {holders}",
      zh: "本项目 {limit} 个名额中 {taken} 个被 {holders} 占用",
    },
  },
  NotTakenUp: {
    who: "nobody",
    text: {
      en: "waits for a server that drives runs: none has started to drive it",
      zh: "等待服务器接手：尚无服务器接手此运行",
    },
  },
  Cancelling: { who: "nobody", text: { en: "is being cancelled by {actor}", zh: "正在被 {actor} 取消" } },
  Paused: { who: "you", text: { en: "the run is paused by {actor}", zh: "运行已被 {actor} 暂停" } },
  TypeLimit: {
    who: "nobody",
    text: { en: "waits: {limit} jobs of {scope} run already", zh: "等待：{scope} 已有 {limit} 个作业在运行" },
  },
  KeyBusy: {
    who: "nobody",
    text: { en: "waits for {holder}, which holds {key}", zh: "等待 {holder} 释放 {key}" },
  },
  KeyTaken: {
    who: "you",
    text: {
      en: "{key} is held by {holder}, and this job does not wait for it",
      zh: "{key} 被 {holder} 占用，此作业不等待",
    },
  },
  TypeDisabled: {
    who: "operator",
    text: { en: "job type {type} is switched off: {detail}", zh: "作业类型 {type} 已停用：{detail}" },
  },
  BreakerOpen: {
    who: "operator",
    text: {
      en: "job type {type} failed {failures} of its last {calls} attempts in this project; the next one is tried at {at}",
      zh: "作业类型 {type} 在本项目最近 {calls} 次中有 {failures} 次失败，于 {at} 再试",
    },
  },
  TargetBreakerOpen: {
    who: "you",
    text: {
      en: "{target} failed {failures} of the last {calls} attempts of {type} in this project; the next one is tried at {at}",
      zh: "在本项目最近 {calls} 次 {type} 中，{target} 有 {failures} 次失败，于 {at} 再试",
    },
  },
  Approval: {
    who: "you",
    text: { en: "waits for an approval by {who}: {message}", zh: "等待 {who} 批准：{message}" },
    otherwise: { who: { en: "anyone who may deploy", zh: "任一可部署者" } },
  },
  Approved: { who: "nobody", text: { en: "approved by {actor}{comment}", zh: "{actor} 已批准{comment}" } },
  Denied: { who: "you", text: { en: "denied by {actor}{comment}", zh: "{actor} 已拒绝{comment}" } },
  WaitingUntil: { who: "nobody", text: { en: "waits until {at}", zh: "等待至 {at}" } },
  Notified: { who: "nobody", text: { en: "notified {target}", zh: "已通知 {target}" } },
  Announced: { who: "nobody", text: { en: "sent to all subscribers: {message}", zh: "已通知订阅者：{message}" } },
  ...CALL_REASONS,
  JobProgress: { who: "nobody", text: { en: "{percent} %: {detail}", zh: "{percent}%：{detail}" } },
  Retrying: {
    who: "nobody",
    text: {
      en: "tries again after {delay}, at {at} (attempt {attempt} of {attempts}): {cause}",
      zh: "间隔 {delay}，于 {at} 重试（第 {attempt}/{attempts} 次）：{cause}",
    },
  },
  Progressing: { who: "nobody", text: { en: "{ready} of {wanted} replicas ready", zh: "{ready}/{wanted} 个副本就绪" } },
  Starting: { who: "nobody", text: { en: "{object} is starting", zh: "{object} 正在启动" } },
  Pulling: { who: "nobody", text: { en: "pulling image {image}", zh: "正在拉取镜像 {image}" } },
  TaskRunning: { who: "nobody", text: { en: "the task is running", zh: "任务正在执行" } },
  Replacing: {
    who: "nobody",
    text: { en: "removing {object} to create it again", zh: "正在删除并重建 {object}" },
  },
  Removing: { who: "nobody", text: { en: "removing {object}", zh: "正在删除 {object}" } },
  AddressPending: { who: "nobody", text: { en: "{object} has no address yet", zh: "{object} 还没有地址" } },
  EndpointsPending: {
    who: "nobody",
    text: { en: "{object} has no ready endpoint yet", zh: "{object} 还没有就绪的端点" },
  },
  RouteChecking: {
    who: "nobody",
    text: { en: "asking {address} whether it answers", zh: "正在请求 {address} 验证路由" },
  },
  VolumePending: {
    who: "nobody",
    text: { en: "volume {object} is not bound yet: {detail}", zh: "存储卷 {object} 尚未绑定：{detail}" },
  },
  NotYet: { who: "nobody", text: { en: "{object} is not ready yet: {detail}", zh: "{object} 尚未就绪：{detail}" } },
  KindPending: {
    who: "nobody",
    text: { en: "waits until the cluster serves {kind}", zh: "等待集群提供 {kind}" },
  },
  Checking: {
    who: "nobody",
    text: { en: "checking {target} from inside of the cluster", zh: "正在从集群内检查 {target}" },
  },
  Terminating: { who: "nobody", text: { en: "{object} is being deleted", zh: "{object} 正在被删除" } },
  // Done
  Ready: { who: "nobody", text: { en: "ready", zh: "就绪" } },
  RouteVerified: {
    who: "nobody",
    text: { en: "ready, verified: {address} answers with {status}", zh: "就绪，已验证：{address} 返回 {status}" },
  },
  RouteUnverified: {
    who: "nobody",
    text: {
      en: "ready, not verified from here: {address} cannot be reached ({detail})",
      zh: "就绪，未能从此处验证：无法访问 {address}（{detail}）",
    },
  },
  Unchanged: { who: "nobody", text: { en: "unchanged, nothing written", zh: "无变化，未写入" } },
  Completed: { who: "nobody", text: { en: "completed", zh: "已完成" } },
  AlreadyDone: { who: "nobody", text: { en: "already done with this content", zh: "相同内容已执行过" } },
  AlreadyDoneIn: {
    who: "nobody",
    text: { en: "already done with this content in run {run}", zh: "相同内容已在运行 {run} 中执行过" },
  },
  Reachable: {
    who: "nobody",
    text: { en: "{target}, seen from the cluster, {detail}", zh: "从集群内访问 {target}：{detail}" },
  },
  NoNodeMatches: {
    who: "nobody",
    text: { en: "ready, but {object} matches no node", zh: "就绪，但没有节点匹配 {object}" },
  },
  Advisory: { who: "nobody", text: { en: "ready, but {object}: {detail}", zh: "就绪，但 {object}：{detail}" } },
  Removed: {
    who: "nobody",
    text: { en: "removed {count} objects, kept {kept}", zh: "已删除 {count} 个对象，保留 {kept} 个" },
  },
  // Images, configuration, volumes, the program
  ...PROGRAM_REASONS,
  // Room on the cluster
  ...CAPACITY_REASONS,
  ...QUEUE_REASONS,
  ...ROOM_REASONS,
  ...CLUSTER_REASONS,
  // The past
  ...MOMENT_REASONS,
  // The cluster
  Unschedulable: { who: "operator", text: { en: "no node takes the pod: {detail}", zh: "没有可调度的节点：{detail}" } },
  NodeLost: {
    who: "operator",
    text: { en: "node {node} does not answer: {detail}", zh: "节点 {node} 失去响应：{detail}" },
  },
  QuotaExceeded: {
    who: "operator",
    text: {
      en: "refused by quota {quota}: asked {requested}, used {used} of {limited}",
      zh: "超出配额 {quota}：请求 {requested}，已用 {used}，上限 {limited}",
    },
  },
  QuotaUnspecified: {
    who: "you",
    text: {
      en: "refused by quota {quota}, which counts resources that the pod does not declare: {detail}; declare them with the trait resources",
      zh: "被配额 {quota} 拒绝，Pod 未声明其统计的资源：{detail}；可用特征 resources 声明",
    },
  },
  NoDryRun: {
    who: "operator",
    text: {
      en: "the cluster cannot try this out without creating it: {detail}",
      zh: "集群无法在不创建的情况下试运行：{detail}",
    },
  },
  PolicyDenied: {
    who: "operator",
    text: { en: "refused by the cluster's policy: {detail}", zh: "被集群策略拒绝：{detail}" },
  },
  PodSecurity: {
    who: "you",
    text: {
      en: "refused by the namespace's Pod Security level {level}, which the trait security can meet: {detail}",
      zh: "被命名空间的 Pod Security 级别 {level} 拒绝，可用特征 security 满足：{detail}",
    },
  },
  RunNamespace: {
    who: "operator",
    text: {
      en: "project {project} has no namespace to run jobs in ({namespace}), and kubemin cannot create it: {detail}",
      zh: "项目 {project} 没有运行作业的命名空间（{namespace}），kubemin 也无法创建：{detail}",
    },
  },
  WebhookDown: {
    who: "operator",
    text: {
      en: "an admission webhook of the cluster does not answer: {detail}",
      zh: "集群准入所依赖的 Webhook 无响应：{detail}",
    },
  },
  NotAllowed: {
    who: "operator",
    text: { en: "kubemin may not do this on the cluster: {detail}", zh: "kubemin 在集群上没有权限：{detail}" },
  },
  RefusedByServer: {
    who: "you",
    text: { en: "the cluster refused {object}: {detail}", zh: "集群拒绝了 {object}：{detail}" },
  },
  ApiSilent: {
    who: "operator",
    text: {
      en: "it is not known whether the cluster has {kind}: its API {api} does not answer",
      zh: "无法得知集群是否提供 {kind}：其 API {api} 没有响应",
    },
  },
  KindNotServed: {
    who: "operator",
    text: {
      en: "{object} may still exist but cannot be reached: the cluster no longer serves {kind} ({detail})",
      zh: "{object} 可能仍存在但无法访问：集群不再提供 {kind}（{detail}）",
    },
  },
  ImmutableField: {
    who: "you",
    text: { en: "{object}: field {field} cannot be changed once set", zh: "{object}：字段 {field} 创建后不可修改" },
  },
  OwnedByOther: {
    who: "you",
    text: { en: "{object} exists and belongs to {owner}", zh: "{object} 已存在，属于 {owner}" },
  },
  FieldConflict: {
    who: "you",
    text: {
      en: "{object}: {managers} owns fields that this document sets ({detail}); deploying with force takes them over",
      zh: "{object}：{managers} 拥有本文档设置的字段（{detail}）；强制部署（force）可接管",
    },
  },
  RouteRefused: { who: "you", text: { en: "{object} was not accepted: {detail}", zh: "{object} 未被接受：{detail}" } },
  Interrupted: {
    who: "nobody",
    text: { en: "the cluster interrupted the pod: {detail}", zh: "集群中断了 Pod：{detail}" },
  },
  ClusterUnreachable: {
    who: "operator",
    text: { en: "cluster {cluster} cannot be reached: {detail}", zh: "无法连接集群 {cluster}：{detail}" },
  },
  ChangedBehindUs: {
    who: "you",
    text: {
      en: "{object} was replaced during the run, not by kubemin",
      zh: "{object} 在运行期间被 kubemin 以外的程序替换",
    },
  },
  Suspended: { who: "you", text: { en: "{object} is paused", zh: "{object} 已暂停" } },
  Missing: { who: "you", text: { en: "{object} does not exist on the cluster", zh: "集群上不存在 {object}" } },
  // The run
  ...RUN_REASONS,
  // An answer or a report that comes at the wrong moment
  ...ANSWER_REASONS,
} as const satisfies Record<string, ReasonRow>;

export type ReasonCode = keyof typeof REASONS;

export interface Reason {
  readonly code: ReasonCode;
  readonly params: Params;
  /** The reason that caused this one. It is shown at `{cause}` in the reader's language and decides who must act. */
  readonly cause?: Reason;
  /** Further facts about the same thing. They are shown after the sentence, separated by semicolons. */
  readonly also?: readonly Reason[];
}

/** The English sentence of the cause is also the parameter `cause`, for clients that read only codes and parameters. */
export function reason(code: ReasonCode, params: Params = {}, cause?: Reason): Reason {
  return cause === undefined
    ? { code, params }
    : { code, params: { ...params, cause: explainReason(cause, "en") }, cause };
}

/** The reason with further facts after those that it has. */
export function withAlso(why: Reason, ...more: readonly (Reason | undefined)[]): Reason {
  const also = [...(why.also ?? []), ...more.filter((one) => one !== undefined)];
  return also.length === 0 ? why : { ...why, also };
}

const SEPARATOR: Readonly<Record<Language, string>> = { en: "; ", zh: "；" };

export function explainReason(value: Reason, language: Language): string {
  const facts = (value.also ?? []).map((one) => explainReason(one, language));
  return [sentenceOf(value, language), ...facts].join(SEPARATOR[language]);
}

function sentenceOf({ code, params, cause }: Reason, language: Language): string {
  const { text, otherwise = {} }: ReasonRow = REASONS[code];
  const absent = Object.entries(otherwise).map(([name, words]) => [name, words[language]]);
  const given = withWords(params, language);
  const filled = cause === undefined ? given : { ...given, cause: explainReason(cause, language) };
  return translate(text, language, { ...Object.fromEntries(absent), ...filled });
}

/** The actor that must act. For a reason with a cause it is the actor that can remove the cause. */
export function whoActs({ code, cause }: Reason): Actor {
  const actor = cause === undefined ? "nobody" : whoActs(cause);
  return actor === "nobody" ? REASONS[code].who : actor;
}

/** The reason as plain JSON, for events and stored data. */
export function reasonData({ code, params, cause, also }: Reason): JsonObject {
  return {
    code,
    params,
    ...(cause === undefined ? {} : { cause: reasonData(cause) }),
    ...(also === undefined ? {} : { also: also.map(reasonData) }),
  };
}

/** Whether code, parameters, cause and further facts of both are equal. */
export function sameReason(one: Reason, other: Reason): boolean {
  return one === other || (one.code === other.code && canonicalJson(one) === canonicalJson(other));
}

export function mapReason({ code, params, cause, also }: Reason, change: (text: string) => string): Reason {
  const changed = Object.entries(params).map(([key, one]) => [key, typeof one === "string" ? change(one) : one]);
  return {
    code,
    params: Object.fromEntries(changed) as Params, // the same keys, texts still texts
    ...(cause === undefined ? {} : { cause: mapReason(cause, change) }),
    ...(also === undefined ? {} : { also: also.map((one) => mapReason(one, change)) }),
  };
}

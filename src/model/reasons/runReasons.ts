// Why a job of a run ended or was left out: conditions, clocks, locks, cancels. Rows of the table of reasons. Each
// clock has a row of its own.

import type { Localized } from "../data/text.ts";
import type { Actor } from "./actor.ts";

export const RUN_REASONS = {
  DependencyFailed: {
    who: "you",
    text: { en: "because {component} did not succeed", zh: "因为 {component} 没有成功" },
  },
  Deadline: { who: "you", text: { en: "gave up after {limit}: {cause}", zh: "{limit} 后放弃：{cause}" } },
  ConditionFalse: {
    who: "nobody",
    text: { en: "its condition is not met: {condition}", zh: "条件不满足：{condition}" },
  },
  LeftOut: {
    who: "nobody",
    text: {
      en: "left out by its condition in run {run} ({condition}); revision v{revision} still runs",
      zh: "在运行 {run} 中因条件不满足（{condition}）未部署；仍运行修订版本 v{revision}",
    },
  },
  OlderRuns: {
    who: "nobody",
    text: { en: "{cause}; revision v{revision} still runs", zh: "{cause}；仍运行修订版本 v{revision}" },
  },
  OlderMayRun: {
    who: "nobody",
    text: {
      en: "{cause}; the update to v{begun} had begun, so parts of revision v{revision} may still run",
      zh: "{cause}；更新到 v{begun} 已经开始，修订版本 v{revision} 的部分内容可能仍在运行",
    },
  },
  AgainBegun: {
    who: "nobody",
    text: {
      en: "{cause}; revision v{revision} runs; it was being deployed again when this ended",
      zh: "{cause}；正在运行修订版本 v{revision}，再次部署它时中断",
    },
  },
  RunEnded: {
    who: "you",
    text: { en: "run {run} ended as {phase}", zh: "运行 {run} 的结果为 {phase}" },
  },
  MissingOutput: {
    who: "you",
    text: { en: "{pointer} has no value: the step did not report it", zh: "{pointer} 没有值：该步骤没有给出" },
  },
  LockUnnamed: {
    who: "you",
    text: {
      en: "its lock of kind {kind} has no name: {pointer} is {value}; a lock is named by a text or a number",
      zh: "类型为 {kind} 的锁没有名称：{pointer} 的值是 {value}；锁的名称必须是文本或数字",
    },
  },
  BadInput: { who: "you", text: { en: "its input does not fit: {detail}", zh: "输入不符合要求：{detail}" } },
  WrongInput: {
    who: "you",
    text: {
      en: "its input does not fit at {pointer}: expected {expected}, got {actual}",
      zh: "输入在 {pointer} 处不符合要求：应为 {expected}，实际为 {actual}",
    },
  },
  SecretUnreadable: {
    who: "you",
    text: {
      en: "a sealed value in its input cannot be decrypted: it was sealed in another project or by another server, or only looks like a sealed value. Give the secret again",
      zh: "其输入中的密文令牌无法解开：它是在其他项目或由其他服务器加密的，或只是看似密文令牌。请重新提供该密钥",
    },
  },
  TypeUnknown: {
    who: "operator",
    text: {
      en: "this server no longer knows job type {type}: start it with the plugin that has the type, or plan the run again",
      zh: "服务器已不认识作业类型 {type}：请启用提供该类型的插件，或重新计划该运行",
    },
  },
  ClusterUnknown: {
    who: "operator",
    text: {
      en: "cluster {cluster} is not known to this server: register it, or start the server with its context",
      zh: "服务器不认识集群 {cluster}：请注册该集群，或用其上下文启动服务器",
    },
  },
  BadOutput: {
    who: "you",
    text: { en: "its output does not fit the schema of its type: {detail}", zh: "输出不符合类型声明：{detail}" },
  },
  OutputNotExact: {
    who: "you",
    text: {
      en: "the number at {pointer} of its output has too many digits to be kept as it is: give it as a text",
      zh: "其输出中 {pointer} 处的数值位数过多，无法原样保存：请以文本给出",
    },
  },
  GaveUpWaiting: {
    who: "nobody",
    text: { en: "gave up waiting after {limit}: {cause}", zh: "等待 {limit} 后放弃：{cause}" },
  },
  NeverScheduled: {
    who: "operator",
    text: { en: "found no node within {limit}: {cause}", zh: "{limit} 内未找到节点：{cause}" },
  },
  NeverStarted: {
    who: "operator",
    text: { en: "did not start within {limit}: {cause}", zh: "{limit} 内未能启动：{cause}" },
  },
  AttemptDeadline: {
    who: "you",
    text: { en: "the attempt took longer than {limit}: {cause}", zh: "单次尝试超过 {limit}：{cause}" },
  },
  LockLost: {
    who: "nobody",
    text: { en: "{key} was given to another job in the meantime", zh: "{key} 期间已被其他作业取得" },
  },
  StepDeadline: {
    who: "you",
    text: { en: "step {step} took longer than {limit}: {cause}", zh: "步骤 {step} 超过 {limit}：{cause}" },
  },
  Lost: {
    who: "nobody",
    text: { en: "sent no heartbeat for {limit}", zh: "{limit} 内没有心跳" },
  },
  Stopped: { who: "nobody", text: { en: "stopped before its end", zh: "未结束即被停止" } },
  LeaseUncertain: {
    who: "nobody",
    text: {
      en: "the server that drives the run cannot confirm its lease, so it writes nothing until it can",
      zh: "驱动此运行的服务器无法确认其租约仍有效，确认之前不写入任何内容",
    },
  },
  CancelledBy: { who: "nobody", text: { en: "cancelled by {actor}", zh: "被 {actor} 取消" } },
  ClusterElsewhere: {
    who: "operator",
    text: {
      en: "waits for a server that knows cluster {cluster}: register it, or start one that drives runs with its context",
      zh: "等待认识集群 {cluster} 的服务器：请注册该集群，或启动一个带该上下文并驱动运行的服务器",
    },
  },
  DriversLost: {
    who: "operator",
    text: { en: "every server that drove it stopped without handing it over", zh: "驱动它的服务器先后中断，未能交接" },
  },
  InternalError: { who: "operator", text: { en: "kubemin itself failed: {detail}", zh: "kubemin 内部错误：{detail}" } },
} as const satisfies Record<string, { readonly who: Actor; readonly text: Localized }>;

// Why a pod has room, waits for room, or can never have it. Rows of the table of reasons; the rules are in
// src/capacity.

import type { Localized } from "../data/text.ts";
import type { Actor } from "./actor.ts";

export const CAPACITY_REASONS = {
  FitsNow: { who: "nobody", text: { en: "there is room for it now", zh: "当前资源充足" } },
  FitsByPreemption: {
    who: "nobody",
    text: {
      en: "there is room once pods of lower priority are evicted",
      zh: "低优先级 Pod 让出资源后即可容纳",
    },
  },
  CapacityShort: {
    who: "nobody",
    text: {
      en: "waits for room: asks for {need} on one node, the best node {node} has {have} free",
      zh: "等待资源：单节点需要 {need}，最合适的节点 {node} 空闲 {have}",
    },
  },
  CapacityTogether: {
    who: "nobody",
    text: {
      en: "waits for room: {count} pods must run at the same time, there is room for {fit}",
      zh: "等待资源：{count} 个 Pod 必须同时运行，当前只能容纳 {fit} 个",
    },
  },
  PodsPartlyPlaced: {
    who: "nobody",
    text: {
      en: "{placed} of {count} pods that must run at the same time are placed on nodes, the others are not: {cause}",
      zh: "必须同时运行的 {count} 个 Pod 中有 {placed} 个已占据位置，其余仍无位置：{cause}",
    },
  },
  PodsStarting: {
    who: "nobody",
    text: {
      en: "{running} of {count} pods run, the others are starting",
      zh: "{count} 个 Pod 中有 {running} 个正在运行，其余正在启动",
    },
  },
  PodsRunning: {
    who: "nobody",
    text: {
      en: "{running} of {count} pods run, {done} are done",
      zh: "{count} 个 Pod 中有 {running} 个正在运行，{done} 个已完成",
    },
  },
  KeptForOlder: {
    who: "nobody",
    text: {
      en: "waits: there is room, but it is reserved for a job that came earlier",
      zh: "等待：有空闲资源，但已为更早的作业保留",
    },
  },
  PlacementBusy: {
    who: "nobody",
    text: {
      en: "waits for a place: the best node is {node}; {cause}",
      zh: "等待位置：最合适的节点是 {node}；{cause}",
    },
  },
  NodeNotReady: {
    who: "operator",
    text: {
      en: "waits: the nodes that could take it are not ready; node {node} {cause}",
      zh: "等待：可用节点尚未就绪；节点 {node} {cause}",
    },
  },
  UnhealthyDevices: {
    who: "operator",
    text: {
      en: "waits: {count} {resource} of node {node} are not healthy",
      zh: "等待：节点 {node} 有 {count} 个 {resource} 不健康",
    },
  },
  NoNodesTold: {
    who: "nobody",
    text: { en: "this cluster does not report its nodes", zh: "该集群不提供节点信息" },
  },
  NoNodes: { who: "operator", text: { en: "waits: the cluster has no nodes", zh: "等待：集群没有节点" } },
  NeverFits: {
    who: "you",
    text: {
      en: "no node can ever take it: it asks for {need}, the largest node {node} has {have} in total",
      zh: "任何节点都无法容纳：需要 {need}，最大的节点 {node} 总共 {have}",
    },
  },
  NoSuchResource: {
    who: "you",
    text: {
      en: "no node of the cluster has {resource}; asked for {need}",
      zh: "集群没有任何节点提供 {resource}（请求 {need}）",
    },
  },
  NoSuchModel: {
    who: "you",
    text: {
      en: "no node has {wanted}; the cluster has, with the number of nodes: {there}",
      zh: "没有节点提供 {wanted}；集群现有（括号内为节点数）：{there}",
    },
  },
  NeverTogether: {
    who: "you",
    text: {
      en: "the cluster can never run {count} of these pods at the same time: {fit} is the most, even if it were empty",
      zh: "集群永远无法同时容纳 {count} 个 Pod：即使空闲也最多 {fit} 个",
    },
  },
  NeverEnough: {
    who: "you",
    text: {
      en: "the cluster can never run all pods at the same time: they ask for {need}, all nodes have {have}",
      zh: "集群永远无法同时运行全部 Pod：共需 {need}，所有节点共有 {have}",
    },
  },
  NoNodeAllowed: {
    who: "you",
    text: {
      en: "none of {total} nodes is allowed",
      zh: "{total} 个节点中没有一个符合条件",
    },
  },
  SharedDevice: {
    who: "you",
    text: {
      en: "asks for {count} {resource}: these are shares of devices; more than one gives no more capacity, and may be refused at start",
      zh: "请求了 {count} 个 {resource}：它们是设备的共享份额，多于一个不会更多，且启动时可能被拒绝",
    },
  },
  SchedulerDecides: {
    who: "nobody",
    text: { en: "only the scheduler can decide this: {detail}", zh: "只有调度器能判断：{detail}" },
  },
  Scheduling: {
    who: "nobody",
    text: { en: "scheduler {scheduler} looks for a node", zh: "调度器 {scheduler} 正在寻找节点" },
  },
  SchedulerAbsent: {
    who: "operator",
    text: {
      en: "scheduler {scheduler} has not looked at the pod for {delay}: is it running?",
      zh: "调度器 {scheduler} 在 {delay} 内没有处理该 Pod：它在运行吗？",
    },
  },
  QuotaTooSmall: {
    who: "operator",
    text: {
      en: "quota {quota} can never allow it: it asks for {requested}, the quota is {limited} in total",
      zh: "配额 {quota} 永远不够：请求 {requested}，配额总量 {limited}",
    },
  },
  QuotaBusy: {
    who: "nobody",
    text: {
      en: "waits for quota {quota}: asks for {requested}, used {used} of {limited}",
      zh: "等待配额 {quota}：请求 {requested}，已用 {used}，上限 {limited}",
    },
  },
  MissingLimits: {
    who: "you",
    text: {
      en: "quota {quota} requires every container to declare {fields}; {containers} does not",
      zh: "配额 {quota} 要求每个容器声明 {fields}，{containers} 没有声明",
    },
  },
  LimitRangeBroken: {
    who: "you",
    text: {
      en: "the limits of the namespace ({range}) do not allow it: {detail}",
      zh: "命名空间的限制（{range}）不允许：{detail}",
    },
  },
  WouldFit: {
    who: "nobody",
    text: { en: "{amount} {resource} would fit now on {node}", zh: "节点 {node} 现在可容纳 {amount} 个 {resource}" },
  },
  PodsWouldFit: {
    who: "nobody",
    text: { en: "{fit} of {count} pods would fit now", zh: "{count} 个 Pod 中有 {fit} 个现在可以容纳" },
  },
  BestNode: { who: "nobody", text: { en: "the best node is {node}", zh: "最合适的节点是 {node}" } },
  HeldBy: {
    who: "nobody",
    text: { en: "used by {holders}", zh: "占用者：{holders}" },
  },
  HeldByOthers: {
    who: "nobody",
    text: { en: "used by {count} pods of other owners", zh: "被其他租户的 {count} 个 Pod 占用" },
  },
  HeldByBoth: {
    who: "nobody",
    text: {
      en: "used by {holders}, and {count} pods of other owners",
      zh: "占用者：{holders}，以及其他租户的 {count} 个 Pod",
    },
  },
  DidNotWait: {
    who: "nobody",
    text: {
      en: "there is no room now, and onShort says not to wait: {cause}",
      zh: "当前资源不足，且设置为不等待：{cause}",
    },
  },
  InLine: {
    who: "nobody",
    text: { en: "{position} of {of} in line for {flavor}", zh: "{flavor} 排队第 {position} 位，共 {of} 个" },
  },
  BeforeOwn: {
    who: "nobody",
    text: { en: "before it: {jobs} of this project", zh: "排在前面的本项目作业：{jobs}" },
  },
  BeforeOthers: {
    who: "nobody",
    text: {
      en: "jobs of other projects before it: {count}; the first of their projects uses {used} of its share of {share}, this project uses {own} of {ownShare}",
      zh: "排在前面的其他项目作业：{count} 个；其中第一个作业的项目已用 {used}，份额为 {share}，本项目已用 {own}，份额为 {ownShare}",
    },
  },
  ExpectedWait: {
    who: "nobody",
    text: {
      en: "of the last {count} that waited for {flavor}, half got it within {p50}, nine of ten within {p90}",
      zh: "最近 {count} 次等待 {flavor}：半数在 {p50} 内，九成在 {p90} 内",
    },
  },
} as const satisfies Record<string, { readonly who: Actor; readonly text: Localized }>;

// Facts about nodes and about autoscalers that a verdict on room names. Rows of the table of reasons; the rules are in
// src/capacity. The sentences about the verdict itself are in capacityReasons.ts.
import type { Localized } from "../data/text.ts";
import type { Actor } from "./actor.ts";

export const ROOM_REASONS = {
  // One node
  DoesNotMatch: { who: "you", text: { en: "does not match the selector {selector}", zh: "不匹配选择器 {selector}" } },
  HasTaint: { who: "nobody", text: { en: "has the taint {taint}", zh: "带有污点 {taint}" } },
  VolumeOutOfReach: { who: "nobody", text: { en: "cannot reach a volume of the pod", zh: "无法访问该 Pod 的存储卷" } },
  NoSuchDevices: { who: "you", text: { en: "has no such devices", zh: "没有所需的设备" } },
  DevicesTaken: {
    who: "nobody",
    text: { en: "{taken} of its {of} such devices are taken", zh: "所需的 {of} 个设备中有 {taken} 个已被占用" },
  },
  DevicesTainted: {
    who: "nobody",
    text: {
      en: "{count} of them carry a taint that the claim does not tolerate",
      zh: "其中 {count} 个带有声明不容忍的污点",
    },
  },
  DevicesElsewhere: {
    who: "nobody",
    text: { en: "the devices of its claim are on another node", zh: "其声明的设备在其他节点上" },
  },
  CardsMissing: {
    who: "nobody",
    text: { en: "its cards do not suffice ({detail})", zh: "其显卡不满足要求（{detail}）" },
  },
  CardsUnregistered: {
    who: "nobody",
    text: { en: "its cards are not registered with HAMi", zh: "其显卡未在 HAMi 注册" },
  },
  HasInAll: { who: "nobody", text: { en: "has {have} in total, asked for {need}", zh: "总共 {have}，请求 {need}" } },
  HasHealthy: {
    who: "nobody",
    text: { en: "has {have} healthy, asked for {need}", zh: "健康的有 {have}，请求 {need}" },
  },
  HasFree: { who: "nobody", text: { en: "has {have} free, asked for {need}", zh: "空闲 {have}，请求 {need}" } },
  PortsTaken: { who: "nobody", text: { en: "another pod has its host ports", zh: "主机端口已被其他 Pod 占用" } },
  KeptOffByPod: {
    who: "nobody",
    text: { en: "a pod there keeps it off by its anti-affinity", zh: "该处的 Pod 以反亲和性将其排斥" },
  },
  KeepsAwayFromPod: {
    who: "nobody",
    text: { en: "a pod there matches its anti-affinity rule", zh: "该处的 Pod 匹配其反亲和性规则" },
  },
  LacksAffinityLabel: {
    who: "nobody",
    text: { en: "the node lacks the label of its affinity rule", zh: "节点没有其亲和性规则所用的标签" },
  },
  NoPodToJoin: {
    who: "nobody",
    text: { en: "no pod there matches its affinity rule", zh: "该处没有 Pod 匹配其亲和性规则" },
  },
  LacksSpreadLabel: {
    who: "nobody",
    text: { en: "the node lacks the label {key} of its spread rule", zh: "节点没有其分布规则所用的标签 {key}" },
  },
  SpreadShareTaken: {
    who: "nobody",
    text: { en: "{key} {value} has its share of the pods already", zh: "{key} {value} 的 Pod 数已达分布规则的上限" },
  },
  // Nodes that are counted, after a sentence about all of them
  TallyUnmatched: { who: "you", text: { en: "not matching {selector}: {count}", zh: "不匹配 {selector}：{count} 个" } },
  TallyTainted: { who: "you", text: { en: "with the taint {taint}: {count}", zh: "带有污点 {taint}：{count} 个" } },
  TallyOutOfReach: {
    who: "you",
    text: { en: "without reach to a volume of the pod: {count}", zh: "无法访问 Pod 的存储卷：{count} 个" },
  },
  TallyNoDevices: { who: "you", text: { en: "without such devices: {count}", zh: "没有所需的设备：{count} 个" } },
  TallyCards: {
    who: "you",
    text: { en: "with cards that do not suffice ({detail}): {count}", zh: "显卡不满足要求（{detail}）：{count} 个" },
  },
  TallyNeighbours: {
    who: "nobody",
    text: { en: "without a place next to other pods: {count}", zh: "因其他 Pod 而没有位置：{count} 个" },
  },
  TallyTooSmall: {
    who: "you",
    text: {
      en: "too small for {need}: {count}, of which {node} has most with {have}",
      zh: "不足以提供 {need}：{count} 个，其中 {node} 最多，有 {have}",
    },
  },
  TallyOthers: { who: "you", text: { en: "for other reasons: {count}", zh: "其他原因：{count} 个" } },
  HasItUnmatched: {
    who: "you",
    text: {
      en: "{count} node that has it does not match the selector {selector}",
      zh: "有它的 {count} 个节点不匹配选择器 {selector}",
    },
  },
  HaveItUnmatched: {
    who: "you",
    text: {
      en: "{count} nodes that have it do not match the selector {selector}",
      zh: "有它的 {count} 个节点不匹配选择器 {selector}",
    },
  },
  HasItTainted: {
    who: "you",
    text: { en: "{count} node that has it carries the taint {taint}", zh: "有它的 {count} 个节点带有污点 {taint}" },
  },
  HaveItTainted: {
    who: "you",
    text: { en: "{count} nodes that have it carry the taint {taint}", zh: "有它的 {count} 个节点带有污点 {taint}" },
  },
  HasItOutOfReach: {
    who: "you",
    text: {
      en: "{count} node that has it cannot reach a volume of the pod",
      zh: "有它的 {count} 个节点无法访问 Pod 的存储卷",
    },
  },
  HaveItOutOfReach: {
    who: "you",
    text: {
      en: "{count} nodes that have it cannot reach a volume of the pod",
      zh: "有它的 {count} 个节点无法访问 Pod 的存储卷",
    },
  },
  // Refusals that are about a part of the nodes
  NoneHasResource: {
    who: "you",
    text: {
      en: "no node {detail} has {resource}; asked for {need}",
      zh: "{detail}节点都没有 {resource}（请求 {need}）",
    },
  },
  NoneLarge: {
    who: "you",
    text: {
      en: "no node {detail} can ever take it: it asks for {need}, the largest of them is {node} with {have} in total",
      zh: "{detail}节点都无法容纳：需要 {need}，其中最大的 {node} 总共 {have}",
    },
  },
  NoNodeTakes: { who: "you", text: { en: "none of {total} nodes can ever take it", zh: "{total} 个节点都无法容纳" } },
  CardTooSmall: {
    who: "you",
    text: {
      en: "asks for {asked} MiB of one card; the largest card has {most} MiB, on node {node}",
      zh: "请求单卡 {asked} MiB；最大的卡有 {most} MiB，在节点 {node} 上",
    },
  },
  // What exists instead
  NoSuchLabel: { who: "you", text: { en: "no node has the label {key}", zh: "没有节点带有标签 {key}" } },
  NearestKey: { who: "you", text: { en: "the nearest that exists is {key}", zh: "现有最接近的是 {key}" } },
  NearestLabel: {
    who: "you",
    text: { en: "the nearest that exists is {key}={value}", zh: "现有最接近的是 {key}={value}" },
  },
  KnownValues: { who: "you", text: { en: "the values of {key} are {values}", zh: "{key} 现有的值为 {values}" } },
  // Autoscalers
  AutoscalerMayGrow: {
    who: "nobody",
    text: {
      en: "{autoscaler} may add a node for it, these groups may grow: {groups}",
      zh: "{autoscaler} 可为其添加节点，可扩容的节点组：{groups}",
    },
  },
  AutoscalerSilent: {
    who: "nobody",
    text: {
      en: "{autoscaler} may add a node for it, it does not say which groups may grow",
      zh: "{autoscaler} 可能为其添加节点，但未说明哪些节点组可扩容",
    },
  },
  AutoscalerAddsNone: { who: "operator", text: { en: "{autoscaler} adds no node", zh: "{autoscaler} 不会添加节点" } },
  GroupFull: {
    who: "operator",
    text: { en: "{group} {used} of {most} nodes", zh: "{group} 已有 {used}/{most} 个节点" },
  },
  GroupAtLimit: {
    who: "operator",
    text: { en: "{group} uses {used} of {most} {resource}", zh: "{group} 已用 {used}/{most} {resource}" },
  },
  GroupBacksOff: {
    who: "operator",
    text: { en: "{group} backs off after a failed attempt to add a node", zh: "{group} 添加节点失败，暂缓扩容" },
  },
  GroupNotReady: { who: "operator", text: { en: "{group} is not ready", zh: "{group} 尚未就绪" } },
  GroupUnfit: {
    who: "you",
    text: { en: "the nodes of {group} do not match the pod", zh: "{group} 的节点不符合 Pod 的要求" },
  },
  MoreGroups: { who: "nobody", text: { en: "and {count} more groups", zh: "另有 {count} 个节点组" } },
  WaitsForGrowth: {
    who: "operator",
    text: { en: "waits for a new node that no group may add at present", zh: "等待新节点，目前没有节点组可以扩容" },
  },
  NodeComing: {
    who: "nobody",
    text: {
      en: "waits for a new node: group {group} grows from {from} to {to}",
      zh: "等待新节点：节点组 {group} 从 {from} 增至 {to}",
    },
  },
  NodeStarting: {
    who: "nobody",
    text: { en: "waits for a new node: {node} is being started for it", zh: "等待新节点：正在为其启动 {node}" },
  },
  NoNewNode: { who: "operator", text: { en: "the autoscaler adds no node", zh: "自动伸缩器不会添加节点" } },
  GroupAtMost: {
    who: "operator",
    text: { en: "{count} group has reached its maximum size", zh: "{count} 个节点组已达最大规模" },
  },
  GroupsAtMost: {
    who: "operator",
    text: { en: "{count} groups have reached their maximum size", zh: "{count} 个节点组已达最大规模" },
  },
  GroupsBackOff: {
    who: "operator",
    text: {
      en: "groups of nodes that back off after a failed attempt: {count}",
      zh: "扩容失败而暂缓的节点组：{count} 个",
    },
  },
  GroupsUnfit: {
    who: "you",
    text: {
      en: "groups of nodes that do not fit ({detail}): {count}",
      zh: "不符合要求的节点组（{detail}）：{count} 个",
    },
  },
  AutoscalerSaid: { who: "nobody", text: { en: "it says: {detail}", zh: "它报告：{detail}" } },
} as const satisfies Record<string, { readonly who: Actor; readonly text: Localized }>;

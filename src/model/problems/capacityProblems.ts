// Warnings about capacity of the cluster, before anything is started. Rows of the table of problems.
export const CAPACITY_PROBLEMS = {
  NeverRoom: {
    text: {
      en: "cluster {cluster} can never run {object}: {cause}",
      zh: "集群 {cluster} 永远无法运行 {object}：{cause}",
    },
    hint: { en: "ask for less, or let the operator add what is missing", zh: "请减少请求，或联系运维人员扩容" },
  },
  NoSuchNamed: {
    text: {
      en: "{object} names {kind} {name}, which cluster {cluster} does not have",
      zh: "{object} 使用了 {kind} {name}，但集群 {cluster} 中不存在",
    },
    hint: { en: "it has: {known}", zh: "现有：{known}" },
  },
  NoRoomNow: {
    text: {
      en: "cluster {cluster} has no room for {object} now: {cause}",
      zh: "集群 {cluster} 当前没有足够资源运行 {object}：{cause}",
    },
  },
  PodsOneByOne: {
    text: {
      en: "{object}: kubemin starts its {count} pods when there is room for all, but the scheduler of {cluster} places one at a time; if other pods take the room first, some of them wait on their nodes for the others, until the clock `schedule` runs out",
      zh: "{object}：kubemin 在资源足以容纳全部 {count} 个 Pod 时才启动，但集群 {cluster} 的调度器逐个放置 Pod；若资源被他人抢先占用，部分 Pod 会先占据位置等待其余 Pod，直到 schedule 时限结束",
    },
    hint: {
      en: "a queue of Kueue, or the scheduler of Volcano, places all of them or none",
      zh: "使用 Kueue 队列或 Volcano 调度器可保证全有或全无",
    },
  },
  NoSuchNode: {
    text: {
      en: "{object} asks for nodes that cannot exist: {label} cannot be both {one} and {other}",
      zh: "{object} 要求的节点不可能存在：{label} 不能同时为 {one} 和 {other}",
    },
    hint: { en: "remove one of them", zh: "请去掉其中一个" },
  },
  SlicesNoFaster: {
    text: {
      en: "{count} time slices ({resource}) do not compute faster than one, and may lie on one device",
      zh: "{count} 个时间片（{resource}）并不比一个更快，且可能位于同一块设备上",
    },
    hint: { en: "write count: 1, or ask for whole devices", zh: "请写 count: 1，或申请整卡" },
  },
  OnShortNotApplicable: {
    text: {
      en: "{field} is for tasks: a {type} is created immediately, and its pods wait for room themselves",
      zh: "{field} 仅用于任务：{type} 会立即创建，其 Pod 自行等待资源",
    },
  },
} as const;

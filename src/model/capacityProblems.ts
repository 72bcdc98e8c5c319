// What can be said of room before anything is started. Rows of the table of problems.
export const CAPACITY_PROBLEMS = {
  NeverRoom: {
    text: {
      en: "cluster {cluster} can never run {object}: {en}",
      zh: "集群 {cluster} 永远无法运行 {object}：{zh}",
    },
    hint: { en: "ask for less, or let the operator add what is missing", zh: "请减少请求，或联系管理员扩容" },
  },
  NoRoomNow: {
    text: {
      en: "cluster {cluster} has no room for {object} now: {en}",
      zh: "集群 {cluster} 当前没有足够资源运行 {object}：{zh}",
    },
  },
  OnShortNotApplicable: {
    text: {
      en: "onShort is for tasks: a {type} is made at once, and its pods wait by themselves",
      zh: "onShort 仅用于任务：{type} 会立即创建，其 Pod 自行等待资源",
    },
  },
} as const;

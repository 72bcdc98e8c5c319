// Problems of a plan with the state of the cluster: objects that exist already, or that are missing. Rows of the table
// of problems.
const COPY = {
  en: "this needs a data migration: add a volume under another name, copy the data with a task, move the mountPath to it, then remove the old volume",
  zh: "需要迁移数据：另加一个新名字的卷，用任务复制数据，把 mountPath 移到新卷，最后移除旧卷",
};

export const PRESENT_PROBLEMS = {
  NoNamespace: {
    text: { en: "namespace {name} does not exist on cluster {cluster}", zh: "集群 {cluster} 上没有命名空间 {name}" },
    hint: { en: "create it, or deploy with --create-namespace", zh: "请先创建，或部署时加 --create-namespace" },
  },
  NamespaceEnding: {
    text: {
      en: "namespace {name} is being deleted on cluster {cluster}: nothing can be created in it",
      zh: "集群 {cluster} 上的命名空间 {name} 正在被删除，无法在其中创建对象",
    },
    hint: {
      en: "wait until it is deleted, then deploy with --create-namespace, or choose another namespace",
      zh: "请等它删除完毕后用 --create-namespace 部署，或换一个命名空间",
    },
  },
  TakenBy: {
    text: { en: "{object} exists already and belongs to {owner}", zh: "{object} 已存在，属于 {owner}" },
    hint: { en: "rename the component, or choose another namespace", zh: "请给组件改名或换一个命名空间" },
  },
  Unowned: {
    text: {
      en: "{object} exists already and belongs to no application ({owner})",
      zh: "{object} 已存在，不属于任何应用（{owner}）",
    },
    hint: {
      en: "deploy with --adopt to take it over, or rename the component",
      zh: "部署时加 --adopt 可接管它，或给组件改名",
    },
  },
  Immutable: {
    text: {
      en: "{object}: {field} cannot be changed from {before} to {after}",
      zh: "{object}：{field} 不能从 {before} 改为 {after}",
    },
    hint: COPY,
  },
  VolumeShrinks: {
    text: {
      en: "{object}: a volume cannot shrink from {before} to {after}",
      zh: "{object}：存储卷不能从 {before} 缩小到 {after}",
    },
    hint: COPY,
  },
  VolumeCannotGrow: {
    text: {
      en: "{object}: storage class {class} cannot grow a volume from {before} to {after}",
      zh: "{object}：存储类 {class} 不支持从 {before} 扩容到 {after}",
    },
    hint: COPY,
  },
  MissingObject: {
    text: { en: "{object} is neither a component nor on the cluster", zh: "{object} 既不是组件，也不在集群上" },
    hint: { en: "add a component of that name, or create it", zh: "请添加同名组件或先创建它" },
  },
  Refused: { text: { en: "the cluster would refuse {object}: {detail}", zh: "集群会拒绝 {object}：{detail}" } },
} as const;

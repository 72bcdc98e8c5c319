// Problems of what a job type asks for: fields that no template may set, and rights that were not granted. Rows of the
// table of problems.
import type { Localized } from "../data/text.ts";

export const ISOLATION_PROBLEMS = {
  FieldForbidden: {
    text: { en: "a pod of a job type may not set {field}", zh: "作业类型的 Pod 不允许设置 {field}" },
    hint: { en: "it may set: {known}", zh: "可设置：{known}" },
  },
  KeyReserved: {
    text: {
      en: "{field} belongs to kubemin, Kubernetes or the network: a job type may not set it",
      zh: "{field} 由 kubemin、Kubernetes 或网络组件使用，作业类型不允许设置",
    },
    hint: { en: "use a key without a domain", zh: "请使用不带域名的键" },
  },
  OneSource: {
    text: { en: "{count} sources are given here: exactly one is needed", zh: "此处写了 {count} 个来源，应恰好一个" },
    hint: { en: "one of: {known}", zh: "可选：{known}" },
  },
  NotDeclared: {
    text: { en: "uses {name}, which {field} does not ask for", zh: "使用了 {name}，但 {field} 未声明" },
    hint: { en: "add it to {field}", zh: "请加入 {field}" },
  },
  GrantMissing: {
    text: {
      en: "project {project} was not granted {name} ({field}) for {type}",
      zh: "项目 {project} 未获准在 {type} 中使用 {name}（{field}）",
    },
    hint: { en: "{granters} can grant it", zh: "可由 {granters} 授权" },
  },
  GrantUnreadable: {
    text: {
      en: "what was granted to project {project} for {type} cannot be read: {fields}",
      zh: "无法读取授予项目 {project} 使用 {type} 的内容：{fields}",
    },
    hint: {
      en: "an administrator can grant it again: kubemin type grant {type} --project {project}",
      zh: "管理员可重新授权：kubemin type grant {type} --project {project}",
    },
  },
  ProfileForbids: {
    text: { en: "profile {profile} does not allow {what}", zh: "策略 {profile} 不允许 {what}" },
  },
  CallbackUnreachable: {
    text: {
      en: "programs in pods cannot reach kubemin at {url}: {detail}",
      zh: "Pod 中的程序无法通过 {url} 访问 kubemin：{detail}",
    },
    hint: {
      en: "start the server with --public-url and an address that pods can reach",
      zh: "请用 --public-url 指定 Pod 可访问的地址启动服务器",
    },
  },
  DestinationForm: {
    text: { en: "{value} is not a destination", zh: "{value} 不是合法的目的地" },
    hint: {
      en: "write NAME:PORT, internet:PORT or ADDRESS/BITS:PORT",
      zh: "写法：名称:端口、internet:端口 或 地址/位数:端口",
    },
  },
  ServiceForm: {
    text: { en: "{value} does not name a port of the job", zh: "{value} 不是合法的作业端口" },
    hint: { en: "write NAME:PORT", zh: "写法：名称:端口" },
  },
  ServiceNotFound: { text: { en: "Service {service} was not found", zh: "找不到 Service {service}" } },
  ServiceSelectsNothing: {
    text: {
      en: "Service {service} has no selector, so it is not known which pods it leads to",
      zh: "Service {service} 没有选择器，无法得知它指向哪些 Pod",
    },
  },
  RightForm: {
    text: { en: "{value} is not a right that can be asked for", zh: "{value} 不是可申请的权限" },
    hint: { en: "write VERB,VERB RESOURCE.GROUP", zh: "写法：动词,动词 资源.组" },
  },
  AddressBlocked: {
    text: {
      en: "{address} is never reachable for jobs: it is {what}",
      zh: "作业永远不能访问 {address}：它是 {what}",
    },
  },
} as const satisfies Record<string, { readonly text: Localized; readonly hint?: Localized }>;

// The nouns that a sentence of the tables takes as its parameter `what`. A parameter is a code of this table, never a word of one language.
import type { Language, Localized, Params } from "./text.ts";

export const NOUNS = {
  application: { en: "application", zh: "应用" },
  backupTables: { en: "the tables of a kubemin server", zh: "kubemin 服务器的表" },
  bytes: { en: "bytes", zh: "字节数" },
  cluster: { en: "cluster", zh: "集群" },
  component: { en: "component", zh: "组件" },
  levels: { en: "levels", zh: "嵌套层数" },
  grant: { en: "grant", zh: "授权" },
  inputs: { en: "inputs", zh: "输入" },
  job: { en: "job", zh: "作业" },
  jobs: { en: "jobs", zh: "作业" },
  jobType: { en: "job type", zh: "作业类型" },
  jobTypeVersion: { en: "job type version", zh: "作业类型版本" },
  locks: { en: "locks", zh: "锁" },
  needs: { en: "dependencies between jobs", zh: "作业间的依赖" },
  platform: { en: "an address of kubemin or of Kubernetes", zh: "kubemin 或 Kubernetes 的地址" },
  metadata: { en: "a metadata service or the API server", zh: "元数据服务或 API 服务器" },
  propertiesInAll: { en: "properties in all", zh: "属性总数" },
  propertiesOfObject: { en: "properties of one object", zh: "单个对象的属性数" },
  registeredCluster: { en: "registered cluster", zh: "已注册的集群" },
  revision: { en: "revision", zh: "修订版本" },
  run: { en: "run", zh: "运行" },
  schedule: { en: "schedule", zh: "定时计划" },
  sink: { en: "sink", zh: "sink" },
  step: { en: "step", zh: "步骤" },
  steps: { en: "steps", zh: "步骤" },
  thisDatabase: { en: "this database", zh: "该数据库" },
  token: { en: "token", zh: "令牌" },
  trait: { en: "trait", zh: "特征" },
} as const satisfies Record<string, Localized>;

export type Noun = keyof typeof NOUNS;

/** The parameters with the noun of the reader's language. A `what` that is a name and no code of the table stays as it is. */
export function withNoun(params: Params, language: Language): Params {
  const { what } = params;
  if (typeof what !== "string" || !Object.hasOwn(NOUNS, what)) return params;
  return { ...params, what: NOUNS[what as Noun][language] }; // hasOwn proves the key
}

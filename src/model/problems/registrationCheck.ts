// The checks of the registration of a job type, in their order, and why a check was skipped. Clients rely on the names
// of the checks, so a name never changes. src/jobTypes/registering runs the checks.
import { type Language, type Localized, type Params, translate } from "../data/text.ts";
import type { Problem } from "./problem.ts";

export const REGISTRATION_CHECKS = {
  shape: { en: "the document has the shape of a registration", zh: "文档符合注册格式" },
  name: { en: "the name and the version are free", zh: "名称与版本可用" },
  execution: { en: "its execution settings are supported here", zh: "其执行方式可在此实现" },
  "schema-size": { en: "its schemas are small enough and safe to check", zh: "schema 大小合适且不含陷阱" },
  "meta-schema": {
    en: "its schemas are JSON Schema 2020-12 and can be compiled in time",
    zh: "schema 为合法的 JSON Schema 2020-12，且能及时编译",
  },
  examples: { en: "its examples fit its input schema", zh: "示例符合输入 schema" },
  template: { en: "its template renders from every example", zh: "模板可由每个示例渲染" },
  policy: { en: "the pod obeys the isolation policy", zh: "Pod 符合隔离策略" },
  "dry-run": { en: "the cluster would take the pod", zh: "集群接受该 Pod（服务端试运行）" },
  compatibility: { en: "it is compatible with the last version", zh: "与上一版本兼容" },
  "sample-run": { en: "one of its examples was run", zh: "示例已试运行" },
  grant: { en: "its project was granted what it asks for", zh: "所属项目已获得其申请的授权" },
} as const satisfies Record<string, Localized>;

export type RegistrationCheck = keyof typeof REGISTRATION_CHECKS;

/** Why a check was skipped. */
const CHECK_SKIPS = {
  Blocked: { en: "it needs the check {check}, which did not pass", zh: "依赖检查 {check}，而该检查未通过" },
  NoExamples: { en: "there are no examples", zh: "没有示例" },
  NoTemplate: { en: "a worker has no template", zh: "worker 没有模板" },
  NoPod: {
    en: "there is no example to render a pod from, and none could be generated",
    zh: "没有可用于生成 Pod 的示例，也无法自动构造",
  },
  NoPodOnCluster: { en: "a worker does not run on a cluster", zh: "worker 不在集群上运行" },
  NoCluster: {
    en: "no cluster was named, and the server does not have exactly one",
    zh: "未指定集群，且服务器并非只有一个集群",
  },
  NoNamespace: {
    en: "namespace {namespace} is created when the type is registered",
    zh: "命名空间 {namespace} 在注册时创建",
  },
  ClusterSaid: { en: "{detail}", zh: "{detail}" },
  FirstOfMajor: { en: "it is the first of its major version", zh: "这是该主版本的首个版本" },
  OnDemand: { en: "it runs on demand: kubemin type try", zh: "按需执行：kubemin type try" },
  BeforeGrant: {
    en: "the quota of the job namespace grows with the grant; every run asks the cluster again before its pod is created",
    zh: "作业命名空间的配额随授权增加；每次运行在创建 Pod 之前都会再次询问集群",
  },
  WaitsForGrant: { en: "it waits for an administrator: kubemin type grant", zh: "等待管理员授权：kubemin type grant" },
} as const satisfies Record<string, Localized>;

export interface CheckSkip {
  readonly code: keyof typeof CHECK_SKIPS;
  readonly params: Params;
}

export function skip(code: CheckSkip["code"], params: Params = {}): CheckSkip {
  return { code, params };
}

export function explainSkip({ code, params }: CheckSkip, language: Language): string {
  return translate(CHECK_SKIPS[code], language, params);
}

export interface CheckResult {
  readonly check: RegistrationCheck;
  readonly result: "ok" | "failed" | "skipped";
  readonly problems: readonly Problem[];
  /** Why the check was skipped. */
  readonly because?: CheckSkip;
}

/** The stage of one version. Whether its type is disabled or quarantined is stored separately: see RegistrationStop. */
export type VersionLifecycle = "draft" | "validated" | "active" | "deprecated";

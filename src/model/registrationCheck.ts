// What a registration of a job type went through: named checks in their order. Names are stable; clients and tests rely on them.
import type { Problem } from "./problem.ts";
import type { Localized } from "./text.ts";

export const REGISTRATION_CHECKS = {
  shape: { en: "the document has the shape of a registration", zh: "文档符合注册格式" },
  name: { en: "the name and the version are free", zh: "名称与版本可用" },
  "schema-size": { en: "its schemas are small enough, and hold no traps", zh: "schema 大小合适且不含陷阱" },
  "meta-schema": {
    en: "its schemas are JSON Schema 2020-12, compiled in time",
    zh: "schema 为合法的 JSON Schema 2020-12，且能及时编译",
  },
  examples: { en: "its examples fit its input schema", zh: "示例符合输入 schema" },
  template: { en: "its template renders from every example", zh: "模板可由每个示例渲染" },
  policy: { en: "the pod keeps to the isolation policy", zh: "Pod 符合隔离策略" },
  "dry-run": { en: "the cluster would take the pod", zh: "集群接受该 Pod（服务端试运行）" },
  compatibility: { en: "it keeps what the last version promised", zh: "与上一版本兼容" },
  "sample-run": { en: "one of its examples was run", zh: "示例已试运行" },
  grant: { en: "its project was granted what it asks for", zh: "所属项目已获得其申请的授权" },
} as const satisfies Record<string, Localized>;

export type RegistrationCheck = keyof typeof REGISTRATION_CHECKS;

export interface CheckResult {
  readonly check: RegistrationCheck;
  readonly result: "ok" | "failed" | "skipped";
  readonly problems: readonly Problem[];
  /** Why it was skipped, or what it found out beside problems. */
  readonly detail?: string;
}

/** Of one version. A switched-off or quarantined type is both at once: see RegistrationStop. */
export type Standing = "draft" | "validated" | "active" | "deprecated";

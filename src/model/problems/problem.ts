// The table of problems: one row for each kind of mistake in a document or a request, with its sentences in both
// languages. All problems of a document are reported together, each with its place.

import type { Path } from "../data/pointer.ts";
import { toPointer } from "../data/pointer.ts";
import { isFilled, type Language, type Localized, type Params, translate } from "../data/text.ts";
import { withWords } from "../data/words.ts";
import { explainReason, type Reason } from "../reasons/reason.ts";
import { CAPACITY_PROBLEMS } from "./capacityProblems.ts";
import { CHART_PROBLEMS } from "./chartProblems.ts";
import { ISOLATION_PROBLEMS } from "./isolationProblems.ts";
import { PRESENT_PROBLEMS } from "./presentProblems.ts";
import { REGISTRATION_PROBLEMS } from "./registrationProblems.ts";
import { REQUEST_PROBLEMS } from "./requestProblems.ts";
import { SCHEDULE_PROBLEMS } from "./scheduleProblems.ts";
import { explainSyntax } from "./syntax.ts";
import { VALUE_PROBLEMS } from "./valueProblems.ts";
import { WORKFLOW_PROBLEMS } from "./workflowProblems.ts";

interface ProblemRow {
  readonly text: Localized;
  readonly hint?: Localized;
}

export const PROBLEMS = {
  UnknownComponentType: {
    text: { en: "unknown component type {value}", zh: "未知组件类型 {value}" },
    hint: { en: "known: {known}", zh: "可用类型：{known}" },
  },
  UnknownTrait: {
    text: { en: "unknown trait {value}", zh: "未知特征 {value}" },
    hint: { en: "known: {known}", zh: "可用特征：{known}" },
  },
  TraitNotApplicable: {
    text: { en: "trait {trait} cannot be attached to a {type}", zh: "特征 {trait} 不能用于类型 {type}" },
  },
  DuplicateName: {
    text: { en: "component {name} is declared twice", zh: "组件 {name} 重复声明" },
    hint: { en: "the first one is at {first}", zh: "第一次出现在 {first}" },
  },
  UnknownReference: {
    text: { en: "there is no component {name}", zh: "没有名为 {name} 的组件" },
    hint: { en: "components here: {known}", zh: "现有组件：{known}" },
  },
  UnknownOutput: {
    text: { en: "component {name} has no output {output}", zh: "组件 {name} 没有输出 {output}" },
    hint: { en: "it has: {known}", zh: "可用输出：{known}" },
  },
  UnknownKey: {
    text: { en: "{object} has no key {key}", zh: "{object} 没有键 {key}" },
    hint: { en: "it has: {known}", zh: "可用的键：{known}" },
  },
  BinaryVariable: {
    text: {
      en: "{key} is not text, so it does not become an environment variable",
      zh: "{key} 不是文本，不会成为环境变量",
    },
    hint: { en: "mount it: give a mountPath", zh: "请写 mountPath，以文件形式挂载" },
  },
  WrongKind: { text: { en: "{name} is a {actual}, not a {expected}", zh: "{name} 是 {actual}，不是 {expected}" } },
  SelfReference: { text: { en: "component {name} depends on itself", zh: "组件 {name} 依赖自身" } },
  Cycle: {
    text: { en: "the dependencies form a cycle: {path}", zh: "依赖成环：{path}" },
    hint: { en: "remove one of these edges: {edges}", zh: "请去掉其中一条依赖：{edges}" },
  },
  Quantity: {
    text: { en: "{value} is not a quantity", zh: "{value} 不是合法的数量" },
    hint: { en: "write it like 500m, 2, 512Mi or 20Gi", zh: "写法如 500m、2、512Mi、20Gi" },
  },
  FewBytes: {
    text: {
      en: "{value} is less than one kibibyte: m is a thousandth of a byte, and a number alone counts bytes",
      zh: "{value} 不足 1 KiB：m 表示千分之一字节，单独的数字表示字节数",
    },
    hint: { en: "write it like 512Mi or 20Gi", zh: "写法如 512Mi、20Gi" },
  },
  Duration: {
    text: { en: "{value} is not a duration", zh: "{value} 不是合法的时长" },
    hint: { en: "write it like 30s, 5m or 1h30m, at most 100 years", zh: "写法如 30s、5m、1h30m，最长 100 年" },
  },
  Schedule: { text: { en: "schedule {value}: {cause}", zh: "定时计划 {value}：{cause}" } },
  ClusterScope: {
    text: {
      en: "{kind} belongs to the whole cluster, not to a namespace",
      zh: "{kind} 属于整个集群，而不属于命名空间",
    },
    hint: { en: "write clusterScoped: true if this is intended", zh: "确有需要请写 clusterScoped: true" },
  },
  OtherNamespace: {
    text: {
      en: "{object} names namespace {other}, but the application is in {namespace}",
      zh: "{object} 指定了命名空间 {other}，而应用位于 {namespace}",
    },
    hint: { en: "leave the namespace out", zh: "请去掉命名空间" },
  },
  Image: {
    text: { en: "{value} is not a valid image reference", zh: "{value} 不是合法的镜像引用" },
    hint: {
      en: "write it like nginx:1.27 or registry.example.com/team/app@sha256:…",
      zh: "写法如 nginx:1.27 或 registry.example.com/team/app@sha256:…",
    },
  },
  RequestOverLimit: {
    text: { en: "asks for {request} but its limit is {limit}", zh: "请求 {request} 超过上限 {limit}" },
  },
  MountPathTwice: {
    text: { en: "mountPath {path} is used twice", zh: "mountPath {path} 重复使用" },
    hint: { en: "the first use is at {first}", zh: "第一次出现在 {first}" },
  },
  AnnotationsTooLarge: {
    text: {
      en: "the annotations of {object} have {bytes} bytes together; Kubernetes takes at most {limit}",
      zh: "{object} 的注解共 {bytes} 字节，Kubernetes 上限 {limit}",
    },
    hint: { en: "put large values into a ConfigMap", zh: "请把较大的内容放入 ConfigMap" },
  },
  ConfigTooLarge: {
    text: {
      en: "{name} has {bytes} bytes; a ConfigMap or Secret takes at most {limit}",
      zh: "{name} 有 {bytes} 字节，ConfigMap/Secret 上限 {limit}",
    },
    hint: { en: "put it into a volume or an image", zh: "请改用存储卷或镜像" },
  },
  TraitConflict: {
    text: {
      en: "{first} and {second} both set {field}, to different values",
      zh: "{first} 与 {second} 把 {field} 设为不同的值",
    },
    hint: { en: "remove one of them", zh: "请去掉其中一个" },
  },
  SetTwice: {
    text: { en: "{owner} sets {field} twice, to different values", zh: "{owner} 两次把 {field} 设为不同的值" },
    hint: { en: "give one of its items another name", zh: "请给其中一项改名" },
  },
  ObjectTwice: {
    text: { en: "{first} and {second} both create {object}", zh: "{first} 与 {second} 都会创建 {object}" },
    hint: { en: "rename one of the components", zh: "请给其中一个组件改名" },
  },
  ObjectTwiceHere: {
    text: { en: "component {name} creates {object} twice", zh: "组件 {name} 重复创建 {object}" },
    hint: { en: "give one of its items another name", zh: "请给其中一项改名" },
  },
  RouteTwice: {
    text: {
      en: "{first} and {second} both use {where}: which of them answers is undefined",
      zh: "{first} 与 {second} 都占用 {where}：由谁响应无法确定",
    },
    hint: { en: "give one of them another host or path", zh: "请给其中一个换主机或路径" },
  },
  RouteTaken: {
    text: {
      en: "{component} uses {where}, which {owner} serves already with its {object}: which of them answers is undefined",
      zh: "{component} 要占用 {where}，而 {owner} 已用其 {object} 响应：由谁响应无法确定",
    },
    hint: {
      en: "give one of them another host or path, or remove the route there first",
      zh: "请给其中一个换主机或路径，或先去掉那边的 route",
    },
  },
  NodesApart: {
    text: {
      en: "{first} and {second} ask for different nodes: {label} cannot be both {one} and {other}",
      zh: "{first} 与 {second} 要求不同的节点：{label} 不能同时为 {one} 和 {other}",
    },
    hint: { en: "remove one of them", zh: "请去掉其中一个" },
  },
  NotPositive: {
    text: { en: "{value} is not a size: a volume must be larger than zero", zh: "{value} 无效：存储卷大小必须大于零" },
    hint: { en: "write it like 20Gi", zh: "写法如 20Gi" },
  },
  MountPlace: {
    text: {
      en: "nothing can be mounted at {value}: it is the root, lies in /proc or /sys, or contains '..'",
      zh: "不能挂载到 {value}：它是根目录、位于 /proc 或 /sys，或包含“..”",
    },
  },
  SubPathStale: {
    text: {
      en: "a subPath mount does not follow later changes of {name}",
      zh: "subPath 挂载不会跟随 {name} 之后的变化",
    },
  },
  NoRouteKind: {
    text: {
      en: "cluster {cluster} serves neither a Gateway nor an IngressClass",
      zh: "集群 {cluster} 既没有 Gateway 也没有 IngressClass",
    },
    hint: { en: "install an ingress controller, or remove the route trait", zh: "请安装入口控制器，或去掉 route 特征" },
  },
  NoStorageClass: {
    text: { en: "storage class {name} does not exist on cluster {cluster}", zh: "集群 {cluster} 上没有存储类 {name}" },
    hint: { en: "it has: {known}", zh: "可用存储类：{known}" },
  },
  UnknownVolume: {
    text: {
      en: "container {container} mounts {name}, but there is no storage of that name",
      zh: "容器 {container} 挂载的 {name} 不存在",
    },
    hint: { en: "storage here: {known}", zh: "可用存储：{known}" },
  },
  VolumeShared: {
    text: {
      en: "{replicas} replicas cannot share volume {name}: one node only can mount it",
      zh: "{replicas} 个副本无法共用存储卷 {name}：它只能挂载到一个节点",
    },
    hint: {
      en: "use accessModes: [ReadWriteMany], one replica, or a store (one volume for each replica)",
      zh: "请使用 accessModes: [ReadWriteMany]、单副本，或 store 组件（每个副本各有一个卷）",
    },
  },
  NoEviction: {
    text: {
      en: "this budget does not allow any of {replicas} pods to be evicted: a node that runs one of them can never be drained",
      zh: "该预算不允许 {replicas} 个副本中的任何一个被驱逐：所在节点将无法排空",
    },
    hint: { en: "run one more replica, or allow one to be missing", zh: "请增加副本，或允许缺少一个" },
  },
  ScalingBlind: {
    text: {
      en: "the autoscaler cannot compute the utilization of the pods: they request no {resource}",
      zh: "Pod 没有请求 {resource}，自动伸缩无法计算使用率",
    },
    hint: { en: "add trait resources with {resource}", zh: "请添加 resources 特征并写明 {resource}" },
  },
  RouteClosed: {
    text: {
      en: "the network policy blocks the route's controller: it allows only components of this application",
      zh: "网络策略只允许本应用组件访问，入口控制器将无法到达",
    },
    hint: {
      en: "allow the controller's namespace: from: [{namespaces: [...]}]",
      zh: "请允许入口控制器所在命名空间：from: [{namespaces: [...]}]",
    },
  },
  ...VALUE_PROBLEMS,
  ...CAPACITY_PROBLEMS,
  ...CHART_PROBLEMS,
  ...PRESENT_PROBLEMS,
  ...ISOLATION_PROBLEMS,
  ...REGISTRATION_PROBLEMS,
  ...REQUEST_PROBLEMS,
  ...SCHEDULE_PROBLEMS,
  ...WORKFLOW_PROBLEMS,
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof PROBLEMS;
/**
 * error: the document is not accepted · refused: the document is accepted, but a run of it would be rejected by the
 * cluster as it is now · warning: it works, perhaps not as meant
 */
type Severity = "error" | "refused" | "warning";

export interface Problem {
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** JSON Pointer into the document. */
  readonly pointer: string;
  /** Names, numbers and codes, never sentences. */
  readonly params: Params;
  /** The sentence of a rule of a definition, which replaces the text of the row. It may name the parameters. */
  readonly text?: Localized;
  /** The reason that is shown at `{cause}` in the text, in the reader's language. */
  readonly cause?: Reason;
  /** The problem that is shown at `{cause}` in the text, when the cause is itself a problem. */
  readonly inner?: Problem;
  /** The nearest valid name, if one is close enough to be meant. */
  readonly nearest?: string;
  /** Line and column count from 1. They are set when the text of the document is known. */
  readonly line?: number;
  readonly column?: number;
}

export function problem(code: ProblemCode, at: Path | string, params: Params = {}, nearest?: string): Problem {
  const pointer = typeof at === "string" ? at : toPointer(at);
  return { code, severity: "error", pointer, params, ...(nearest === undefined ? {} : { nearest }) };
}

export function warning(code: ProblemCode, at: Path | string, params: Params = {}): Problem {
  return { ...problem(code, at, params), severity: "warning" };
}

/** What the cluster, as it is now, would refuse to run. A run that is started all the same is rejected. */
export function refusal(code: ProblemCode, at: Path | string, params: Params = {}): Problem {
  return { ...problem(code, at, params), severity: "refused" };
}

/**
 * The problem of a rule that a definition checks itself. Its sentence in both languages is written next to the rule.
 */
export function brokenRule(at: Path | string, text: Localized, params: Params = {}, nearest?: string): Problem {
  return { ...problem("Rule", at, params, nearest), text };
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((one) => one.severity === "error");
}

/** The two sentences of a rule that an older plug-in gives as the parameters `en` and `zh` instead of calling `brokenRule`. */
function writtenRule({ code, params: { en, zh } }: Problem): Localized | undefined {
  return code === "Rule" && typeof en === "string" && typeof zh === "string" ? { en, zh } : undefined;
}

function causeOf({ cause, inner }: Problem, language: Language): Params {
  if (inner !== undefined) return { cause: explainProblem(inner, language).message };
  return cause === undefined ? {} : { cause: explainReason(cause, language) };
}

interface ProblemText {
  readonly message: string;
  readonly hint?: string;
}

export function explainProblem(value: Problem, language: Language): ProblemText {
  const row: ProblemRow = PROBLEMS[value.code];
  const params = {
    ...withWords(value.code === "Syntax" ? explainSyntax(value.params, language) : value.params, language),
    ...causeOf(value, language),
  };
  const message = translate(value.text ?? writtenRule(value) ?? row.text, language, params);
  const meant =
    value.nearest === undefined
      ? []
      : [language === "zh" ? `是否想写 ${value.nearest}？` : `did you mean ${value.nearest}?`];
  const hint = [
    ...meant,
    // A hint is shown only if all its parameters are given.
    ...(row.hint && isFilled(row.hint, params) ? [translate(row.hint, language, params)] : []),
  ].join(language === "zh" ? "" : " ");
  return hint === "" ? { message } : { message, hint };
}

// Words and clauses that the sentences of the tables take as parameters. A parameter is the code of a row, never a word
// of one language; the word of the reader's language is inserted when the sentence is shown.
import { isFilled, type Language, type Localized, type Params, translate } from "./text.ts";

/** Nouns for the parameter `what`. */
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

/**
 * Parameters that may be the code of a clause. All others are shown as they are, so that a project called `run` keeps
 * its name.
 */
const CLAUSE_PARAMETERS = ["detail", "owner", "limit", "granters"];
/** Parameters of a clause that may be the code of a clause. */
const INNER = ["said"];

/**
 * Most codes contain a capital letter, which names of projects and of objects do not have. The texts may name
 * parameters.
 */
export const CLAUSES = {
  // Owners of objects
  otherApplication: {
    en: "application {application} of project {project}",
    zh: "项目 {project} 的应用 {application}",
  },
  unknownOwner: { en: "an unknown program", zh: "未知程序" },
  withoutLabels: { en: "an unknown program: it has no labels of kubemin", zh: "未知程序：没有 kubemin 的标签" },
  applicationIn: {
    en: "application {application} of project {project} in namespace {namespace}",
    zh: "命名空间 {namespace} 中项目 {project} 的应用 {application}",
  },
  programIn: { en: "{program} in namespace {namespace}", zh: "命名空间 {namespace} 中的 {program}" },
  unknownIn: { en: "an unknown program in namespace {namespace}", zh: "命名空间 {namespace} 中的未知程序" },
  labelledWriter: { en: "{label}, last written by {writers}", zh: "{label}，最后写入者：{writers}" },
  lastWriter: { en: "an unknown program, last written by {writers}", zh: "未知程序，最后写入者：{writers}" },
  anAdministrator: { en: "an administrator of kubemin", zh: "kubemin 管理员" },
  // Clusters, and what is on them
  NoSuchFile: { en: "there is no such file", zh: "文件不存在" },
  NoAnswerYet: { en: "no answer yet", zh: "尚无响应" },
  NoAnswerInTime: { en: "no answer within the deadline", zh: "未在期限内响应" },
  NoAnswerWithin5s: { en: "no answer within 5s", zh: "5 秒内无响应" },
  NoAnswerWithin30s: { en: "no answer within 30s", zh: "30 秒内无响应" },
  SilentSince: {
    en: "it has not answered since {since} ({said}); it is asked again every few seconds",
    zh: "自 {since} 起没有响应（{said}）；每隔几秒会再次询问",
  },
  SandboxClosed: { en: "the sandbox was closed", zh: "sandbox 已关闭" },
  SandboxSilent: { en: "the sandbox is set not to answer", zh: "sandbox 被设置为不响应" },
  KindUnserved: { en: "it does not serve {kind}", zh: "它不提供 {kind}" },
  NodeGone: { en: "it is no longer part of the cluster", zh: "它已不属于该集群" },
  LimitOfNode: { en: "of the node", zh: "节点内存" },
  HelmSilent: { en: "helm gave no reason", zh: "helm 没有给出原因" },
  // Volumes
  PodWaitsForVolume: { en: "the pod waits for it", zh: "Pod 正在等待它" },
  BeingResized: { en: "it is being resized", zh: "正在调整大小" },
  BeingProvisioned: { en: "being provisioned", zh: "正在创建" },
  NoStorageClass: { en: "no storage class; waits for a volume that fits", zh: "没有存储类；等待合适的存储卷" },
  StorageClassMissing: { en: "storage class {class} does not exist", zh: "存储类 {class} 不存在" },
  NotSeenYet: { en: "not seen by the cluster yet", zh: "集群尚未处理" },
  // Capacity
  QueueDecides: { en: "a queue decides when it may start", zh: "由队列决定何时启动" },
  DeviceRulesUnknown: {
    en: "its devices are chosen by rules that kubemin does not know",
    zh: "其设备按 kubemin 不了解的规则分配",
  },
  ClaimAbsent: { en: "device claim {claim} does not exist yet", zh: "设备声明 {claim} 尚不存在" },
  DevicesTied: { en: "its devices are tied to each other", zh: "其设备之间存在约束" },
  RequestAlternatives: { en: "request {request} has alternatives", zh: "请求 {request} 有备选项" },
  RequestAll: { en: "request {request} asks for all devices", zh: "请求 {request} 要求所有设备" },
  RequestPart: { en: "request {request} asks for a part of a device", zh: "请求 {request} 要求设备的一部分" },
  PoolIncomplete: { en: "pool {pool} is not complete", zh: "设备池 {pool} 不完整" },
  DevicesChoose: { en: "devices of {driver} choose their nodes one by one", zh: "{driver} 的设备逐个选择节点" },
  DevicesShared: { en: "devices are reachable from several nodes", zh: "设备可由多个节点访问" },
  NamespacesByLabels: {
    en: "an affinity rule selects namespaces by their labels",
    zh: "某条亲和性规则按标签选择命名空间",
  },
  TooManyRules: { en: "too many pods with rules between them", zh: "相互有规则的 Pod 过多" },
  SchedulerHasRules: { en: "{scheduler} has rules of its own", zh: "{scheduler} 有自己的规则" },
  WebhooksMayChange: {
    en: "webhooks of the cluster may still change the pod",
    zh: "集群的 webhook 可能还会修改该 Pod",
  },
  SharesOfDevices: {
    en: "{scheduler} counts {resource}, and no node offers it under that name",
    zh: "{resource} 由 {scheduler} 计算，没有节点以该名称提供它",
  },
  GroupsWithRules: { en: "groups with rules between them", zh: "各组 Pod 之间存在规则" },
  QueueOff: { en: "it is switched off", zh: "已停用" },
  QueueNotLooked: { en: "the queue has not examined it yet", zh: "队列尚未处理" },
  QueuePartly: { en: "only a part of it runs", zh: "只有一部分在运行" },
  QueueHeld: { en: "an operator holds it (stop policy {policy})", zh: "管理员已将其停用（停止策略 {policy}）" },
  QueueInactive: { en: "it admits nothing: {detail}", zh: "它不接纳任何作业：{detail}" },
  QueueShut: { en: "its state is {state}", zh: "其状态为 {state}" },
  QueueChecks: { en: "an admission check is not done: {checks}", zh: "准入检查尚未完成：{checks}" },
  QueueFull: { en: "the cluster is too full to admit it", zh: "集群资源不足，暂不接纳" },
  WholePod: { en: "the pod", zh: "整个 Pod" },
  MustAsk: { en: "{said} must ask for {resource}, at least {bound}", zh: "{said} 必须请求 {resource}，至少 {bound}" },
  AsksTooLittle: {
    en: "{said} asks for {amount} of {resource}, at least {bound} is required",
    zh: "{said} 请求 {resource} {amount}，至少需要 {bound}",
  },
  MustLimit: {
    en: "{said} must have a limit of {resource}, at most {bound}",
    zh: "{said} 必须限制 {resource}，至多 {bound}",
  },
  MayTakeTooMuch: {
    en: "{said} may take {amount} of {resource}, at most {bound} is allowed",
    zh: "{said} 可占用 {resource} {amount}，至多允许 {bound}",
  },
  LimitFarAboveRequest: {
    en: "{said}: the limit of {resource} is more than {ratio} times the request",
    zh: "{said}：{resource} 的上限超过请求的 {ratio} 倍",
  },
  NodesMatching: { en: "that matches {selector}", zh: "匹配 {selector} 的" },
  NodesTolerated: { en: "whose taints it tolerates", zh: "污点可被容忍的" },
  NodesMatchingTolerated: {
    en: "that matches {selector} and whose taints it tolerates",
    zh: "匹配 {selector} 且污点可被容忍的",
  },
  NodesUsable: { en: "that it may use", zh: "可供使用的" },
  // Objects
  ConditionMissing: { en: "waits until {expected}; it has no value yet", zh: "等待 {expected}，目前尚无" },
  ConditionOther: { en: "waits until {expected}; now it is {actual}", zh: "等待 {expected}，当前为 {actual}" },
  AnsweredByController: {
    en: "{url} is answered with {status} by the controller, not by {service}",
    zh: "{url} 由控制器返回 {status}，而不是由 {service}",
  },
  ReferenceMissing: {
    en: "container {container} needs {kind} {name}, which does not exist",
    zh: "容器 {container} 需要 {kind} {name}，但它不存在",
  },
  KeyMissing: {
    en: "couldn't find key {key} in {kind} {namespace}/{name}",
    zh: "在 {kind} {namespace}/{name} 中找不到键 {key}",
  },
  // Templates of job types
  PlaceEmpty: { en: "{{{place}}} has no value", zh: "{{{place}}} 没有值" },
  PodsOutside: { en: "{pods} pods: 1 to {most} are possible", zh: "{pods} 个 Pod：可为 1 至 {most} 个" },
  SecretInTemplate: {
    en: "the template shows a secret: take it as the whole value of a variable, or as a file of {{run.secret}}",
    zh: "模板会暴露密钥：请作为环境变量的完整值，或作为 {{run.secret}} 的文件使用",
  },
} as const satisfies Record<string, Localized>;

/** The parameters with the words of the reader's language. A value that is not a code of the tables stays as it is. */
export function withWords(params: Params, language: Language): Params {
  const found = (names: readonly string[], table: Readonly<Record<string, Localized>>, given = params) =>
    names.flatMap((name) => {
      const code = given[name];
      const text = typeof code === "string" && Object.hasOwn(table, code) ? table[code] : undefined;
      // A program may print a word that is also a code. Without the parameters of the clause it is not the code.
      return text === undefined || !isFilled(text, given) ? [] : [[name, translate(text, language, given)] as const];
    });
  const inner = { ...params, ...Object.fromEntries(found(INNER, CLAUSES)) };
  const words = [...found(["what"], NOUNS), ...found(CLAUSE_PARAMETERS, CLAUSES, inner)];
  return words.length === 0 ? params : { ...params, ...Object.fromEntries(words) };
}

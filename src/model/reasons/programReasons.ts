// Why a program does not run as it should: its image, its configuration, its volumes, or the program itself. Rows of
// the table of reasons.
import type { Localized } from "../data/text.ts";
import type { Actor } from "./actor.ts";

export const PROGRAM_REASONS = {
  // Image
  ImageInvalidName: { who: "you", text: { en: "image name {image} is not valid", zh: "镜像名 {image} 不合法" } },
  ImageNotFound: {
    who: "you",
    text: {
      en: "image {image} does not exist in the registry: was it pushed, is the tag right?",
      zh: "镜像 {image} 不存在：是否已推送？标签是否正确？",
    },
  },
  ImageNotOnNode: {
    who: "you",
    text: {
      en: "image {image} is not on the node, and its pull policy is Never, so it is not pulled",
      zh: "节点上没有镜像 {image}，而拉取策略为 Never，不会去拉取",
    },
  },
  ImageUnauthorized: {
    who: "you",
    text: {
      en: "no permission to pull image {image}: add a registry credential",
      zh: "无权拉取镜像 {image}：请添加镜像仓库凭据",
    },
  },
  ImageWrongArchitecture: {
    who: "you",
    text: { en: "image {image} has no build for the nodes' architecture", zh: "镜像 {image} 没有适配节点架构的版本" },
  },
  ImageRegistryUnreachable: {
    who: "operator",
    text: {
      en: "the registry of image {image} cannot be reached: {detail}",
      zh: "无法访问镜像 {image} 的仓库：{detail}",
    },
  },
  ImagePullFailed: {
    who: "you",
    text: { en: "image {image} cannot be pulled: {detail}", zh: "镜像 {image} 拉取失败：{detail}" },
  },
  // Configuration and volumes
  MissingReference: { who: "you", text: { en: "{detail}", zh: "引用不存在：{detail}" } },
  VolumeMountFailed: {
    who: "operator",
    text: { en: "a volume cannot be mounted: {detail}", zh: "存储卷挂载失败：{detail}" },
  },
  VolumeLost: {
    who: "operator",
    text: { en: "volume {object} lost its storage", zh: "存储卷 {object} 的底层存储已丢失" },
  },
  VolumeBlocked: {
    who: "operator",
    text: { en: "volume {object} cannot be provisioned: {detail}", zh: "存储卷 {object} 无法创建：{detail}" },
  },
  // The user's program
  CannotStart: {
    who: "you",
    text: { en: "container {container} cannot start: {detail}", zh: "容器 {container} 无法启动：{detail}" },
  },
  CrashLoop: {
    who: "you",
    text: {
      en: "container {container} keeps exiting, code {exitCode}, {restarts} restarts",
      zh: "容器 {container} 反复退出，退出码 {exitCode}，已重启 {restarts} 次",
    },
  },
  EndsByItself: {
    who: "you",
    text: {
      en: "container {container} ends by itself with code 0, {restarts} restarts: a program that ends is a task, a service must keep running",
      zh: "容器 {container} 自行结束，退出码 0，已重启 {restarts} 次：会自行结束的程序应写成任务，服务须持续运行",
    },
  },
  ProbeKilled: {
    who: "you",
    text: {
      en: "container {container} is restarted again and again, because its probe fails: {detail}",
      zh: "容器 {container} 因探针失败被反复重启：{detail}",
    },
  },
  OutOfMemory: {
    who: "you",
    text: {
      en: "container {container} was killed: it used more memory than its limit {limit}",
      zh: "容器 {container} 因内存超限（{limit}）被终止",
    },
  },
  NotReady: {
    who: "you",
    text: {
      en: "container {container} runs but is not ready: {detail}",
      zh: "容器 {container} 已运行但未就绪：{detail}",
    },
  },
  InitRunning: {
    who: "you",
    text: {
      en: "init container {container} has been running for {delay}: the program starts once it has ended",
      zh: "初始化容器 {container} 已运行 {delay}：它结束后程序才会启动",
    },
  },
  InitFailed: {
    who: "you",
    text: {
      en: "init container {container} failed with code {exitCode}",
      zh: "初始化容器 {container} 失败，退出码 {exitCode}",
    },
  },
  TaskFailed: { who: "you", text: { en: "the task exited with code {exitCode}", zh: "任务失败，退出码 {exitCode}" } },
  PodDeleted: {
    who: "you",
    text: {
      en: "{pod} was deleted while the task ran (exit code {exitCode}): the program did not end by itself",
      zh: "任务运行期间 {pod} 被删除（退出码 {exitCode}）：程序并非自行结束",
    },
  },
  WorkerFailed: {
    who: "you",
    text: { en: "{message} ({code})", zh: "{message}（{code}）" },
    otherwise: { message: { en: "the worker gave no message", zh: "worker 没有给出说明" } },
  },
  MappedFailure: {
    who: "you",
    text: {
      en: "{name}: the program ended with code {exitCode} ({domain})",
      zh: "{name}：程序以退出码 {exitCode} 结束（{domain}）",
    },
  },
  LastRunFailed: {
    who: "you",
    text: { en: "the last run of {object} failed: {cause}", zh: "{object} 最近一次执行失败：{cause}" },
  },
  Unreachable: {
    who: "you",
    text: {
      en: "{target}, checked from inside of the cluster: {detail}",
      zh: "从集群内检查 {target} 未通过：{detail}",
    },
  },
  ReportedFailure: {
    who: "you",
    text: { en: "{object} reports a failure: {detail}", zh: "{object} 报告失败：{detail}" },
  },
  DiskLimit: {
    who: "you",
    text: {
      en: "the pod was evicted: it wrote more to its disk than it is allowed to ({detail})",
      zh: "Pod 被驱逐：写入磁盘超过上限（{detail}）",
    },
  },
  RolloutDeadline: {
    who: "you",
    text: { en: "{object} made no progress within its deadline", zh: "{object} 在期限内没有进展" },
  },
} as const satisfies Record<
  string,
  { readonly who: Actor; readonly text: Localized; readonly otherwise?: Record<string, Localized> }
>;

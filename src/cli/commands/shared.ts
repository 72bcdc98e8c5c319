// The arguments and options that several commands share.
import { PRIORITIES } from "../../model/run/run.ts";
import type { Argument, Options } from "../grammar/command.ts";

export const FILE_ARGUMENT = {
  name: "FILE",
  complete: "file",
  summary: { en: "the document, YAML or JSON; - reads standard input", zh: "文档（YAML 或 JSON）；- 表示标准输入" },
} as const satisfies Argument;

export const APPLICATION_ARGUMENT = {
  name: "APP",
  complete: "application",
  summary: { en: "name of an application", zh: "应用名称" },
} as const satisfies Argument;

export const RUN_ARGUMENT = {
  name: "RUN",
  complete: "run",
  summary: {
    en: "id of a run, APP#NUMBER, or the name of an application or job type for its newest run",
    zh: "运行的编号（id）、应用#序号，或应用、作业类型的名称（取最新运行）",
  },
} as const satisfies Argument;

/** An application, or a run: also of a job type or workflow, without an application. */
export const APPLICATION_OR_RUN = {
  name: "APP|RUN",
  complete: "application",
  summary: {
    en: "name of an application; or a run: its id, APP#3, or a job type for its newest run",
    zh: "应用名称；或运行：编号（id）、应用#序号，或作业类型的名称（取最新运行）",
  },
} as const satisfies Argument;

export const CLUSTER_OPTIONS = {
  cluster: {
    type: "text",
    short: "c",
    value: "NAME",
    complete: "cluster",
    summary: {
      en: "default: the cluster on which it runs now, otherwise the server's only cluster",
      zh: "默认：当前所在的集群，否则为服务器唯一的集群",
    },
  },
  "create-namespace": {
    type: "flag",
    summary: { en: "create the namespace if it does not exist", zh: "命名空间不存在时创建" },
  },
  force: {
    type: "flag",
    summary: {
      en: "take over fields that a person or another tool set (such as kubectl scale)",
      zh: "接管他人设置的字段（如 kubectl scale 或其他工具）",
    },
  },
  adopt: {
    type: "flag",
    summary: {
      en: "take over objects that already exist and belong to no application",
      zh: "接管已存在且不属于任何应用的对象",
    },
  },
} as const;

/** The options of runs without an application, for `kubemin run` and `kubemin schedule set`. */
export const RUN_OPTIONS = {
  file: {
    type: "text",
    short: "f",
    value: "FILE",
    complete: "file",
    summary: { en: "a workflow document", zh: "工作流文件" },
  },
  priority: {
    type: "text",
    value: "PRIORITY",
    choices: PRIORITIES,
    summary: { en: "decides which waiting run starts first", zh: "决定等待中的运行哪个先开始" },
  },
  cluster: {
    type: "text",
    short: "c",
    value: "NAME",
    complete: "cluster",
    summary: { en: "the cluster on which its pods run", zh: "Pod 所在的集群" },
  },
  namespace: { type: "text", short: "n", value: "NAME", summary: { en: "default: default", zh: "默认 default" } },
} as const satisfies Options;

/** Splits `shop/web` into application and component. The component is `undefined` if there is none. */
export function splitPlace(word: string): { readonly application: string; readonly component: string | undefined } {
  const [application = "", component] = word.split("/", 2);
  return { application, component: component || undefined };
}

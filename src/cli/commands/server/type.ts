// kubemin type: manages the job types that teams register while the server runs. This file declares the options; the
// actions are in cli/jobTypes/actions.ts.
import { defineCommand } from "../../grammar/command.ts";
import { usageFailure } from "../../grammar/failure.ts";
import type { TypeOptions } from "../../jobTypes/actionContext.ts";
import { ACTIONS } from "../../jobTypes/actions.ts";
import { connect } from "../../reach/connect.ts";

const NAMES = Object.keys(ACTIONS);

export const typeCommand = defineCommand({
  name: "type",
  summary: {
    en: "register job types, and decide which projects may run them",
    zh: "注册作业类型，并决定哪些项目可以运行",
  },
  details: {
    en: "A type that asks for no permissions (network, secrets, devices) can run in its own project immediately. An administrator of the server grants the permissions that a type asks for, and its use in other projects.",
    zh: "不申请任何权限（网络、密钥、设备）的类型可立即在本项目中运行。类型所申请的权限，以及在其他项目中的使用，由服务器管理员授予。",
  },
  examples: [
    { line: "type check greet.yaml", text: { en: "run all checks, register nothing", zh: "执行全部检查，不注册" } },
    {
      line: "type register greet.yaml",
      text: { en: "then: kubemin run greet --who ada", zh: "之后：kubemin run greet --who ada" },
    },
    {
      line: "type grant ai-eval",
      text: { en: "grant --project all permissions that the type asks for", zh: "把类型申请的全部权限授予 --project" },
    },
    {
      line: "type disable ai-eval --reason 'fills the disks'",
      text: { en: "no server starts jobs of this type any more", zh: "所有服务器都不再启动该类型的作业" },
    },
    {
      line: "type withdraw greet --reason 'greets the wrong people'",
      text: { en: "the same, for the project that registered the type", zh: "同上，由注册该类型的项目执行" },
    },
  ],
  arguments: [
    { name: NAMES.join("|"), optional: true, choices: NAMES, summary: { en: "default: list", zh: "默认：list" } },
    {
      name: "NAME|FILE",
      optional: true,
      complete: "job-type",
      summary: { en: "name of the type; for register and check, a file", zh: "类型名称；register 与 check 时为文件" },
    },
  ],
  options: {
    "type-version": {
      type: "text",
      value: "VERSION",
      summary: { en: "default: the newest version", zh: "默认：最新版本" },
    },
    until: {
      type: "text",
      value: "DATE",
      summary: { en: "deprecate: the last day of use, e.g. 2027-06-30", zh: "deprecate：最后可用日期，如 2027-06-30" },
    },
    "replaced-by": {
      type: "text",
      value: "TYPE",
      summary: { en: "deprecate: the type to use instead", zh: "deprecate：替代类型" },
    },
    reason: {
      type: "text",
      value: "TEXT",
      summary: { en: "disable, withdraw: the reason", zh: "disable、withdraw：原因" },
    },
    network: {
      type: "list",
      value: "HOST:PORT",
      summary: {
        en: "grant: e.g. models:443 or internet:443; may be repeated",
        zh: "grant：如 models:443、internet:443，可重复",
      },
    },
    secret: {
      type: "list",
      value: "NAME",
      summary: { en: "grant: a secret; may be repeated", zh: "grant：密钥名称，可重复" },
    },
    volumes: {
      type: "text",
      value: "SIZE",
      summary: { en: "grant: the most storage that one pod may use", zh: "grant：单个 Pod 的最大存储" },
    },
    device: {
      type: "list",
      value: "NAME=COUNT",
      summary: {
        en: "grant: the most that one pod may have, e.g. nvidia.com/gpu=8 or nvidia.com/gpumem=20000; may be repeated",
        zh: "grant：单个 Pod 的上限，如 nvidia.com/gpu=8、nvidia.com/gpumem=20000，可重复",
      },
    },
    example: {
      type: "number",
      value: "N",
      summary: { en: "try: number of the example (default: 0)", zh: "try：示例序号（默认 0）" },
    },
    cluster: {
      type: "text",
      short: "c",
      value: "NAME",
      complete: "cluster",
      summary: {
        en: "the cluster for the dry run of check and register, and for try",
        zh: "check 与 register 的 dry run 以及 try 所用的集群",
      },
    },
    all: { type: "flag", summary: { en: "list: the types of all projects", zh: "list：所有项目的类型" } },
  },
  async run(context) {
    const [word = "list", name] = context.arguments;
    const action = ACTIONS[word];
    if (action === undefined) throw new Error(`there is no action ${word}`); // one of the argument's choices
    if (action.needs !== undefined && name === undefined)
      throw usageFailure(
        { en: "kubemin type {word} needs a {needs}", zh: "kubemin type {word} 缺少 {needs}" },
        { en: "see: kubemin type --help", zh: "参见：kubemin type --help" },
        { word, needs: action.needs },
      );
    const options: TypeOptions = context.options;
    return await action.run({ context, client: connect(context), name: name ?? "", options });
  },
});

// Errors about registered job types: what cannot be registered or changed, and why. Rows of the table of errors.
import type { ErrorRow } from "./errorRow.ts";

export const JOB_TYPE_ERRORS = {
  JobTypeNameTaken: {
    status: 409,
    exit: 6,
    who: "you",
    text: {
      en: "another project registered {type} at the same moment",
      zh: "另一个项目在同一时刻注册了 {type}",
    },
    advice: { en: "nothing was registered; choose another name", zh: "没有注册任何内容；请换一个名称" },
  },
  JobTypeVersionExists: {
    status: 409,
    exit: 6,
    who: "you",
    text: { en: "{type} {version} is registered already", zh: "{type} {version} 已注册" },
    advice: {
      en: "a version never changes: register a higher one",
      zh: "版本一经注册不再改变：请注册更高的版本",
    },
  },
  TooManyVersions: {
    status: 409,
    exit: 6,
    who: "you",
    text: { en: "{type} has {limit} versions already, which is the limit", zh: "{type} 已有 {limit} 个版本，达到上限" },
    advice: {
      en: "nothing was registered; register it under another name",
      zh: "没有注册任何内容；请以其他名称注册",
    },
  },
  TooManyJobTypes: {
    status: 409,
    exit: 6,
    who: "you",
    text: {
      en: "project {project} has {limit} job types already, which is the limit",
      zh: "项目 {project} 已有 {limit} 个作业类型，达到上限",
    },
    advice: {
      en: "nothing was registered; register it in another project",
      zh: "没有注册任何内容；请在其他项目中注册",
    },
  },
  JobTypeStopped: {
    status: 409,
    exit: 6,
    who: "operator",
    text: { en: "{type} was disabled by {actor}: {detail}", zh: "{type} 已被 {actor} 停用：{detail}" },
    advice: {
      en: "an administrator of the server can enable it again: kubemin type enable {type}",
      zh: "可由服务器管理员重新启用：kubemin type enable {type}",
    },
  },
  JobTypeOfOtherProject: {
    status: 409,
    exit: 6,
    who: "you",
    text: { en: "{type} belongs to project {owner}", zh: "{type} 属于项目 {owner}" },
    advice: { en: "only project {owner} can change it", zh: "只有项目 {owner} 可以更改它" },
  },
  JobTypeNotGranted: {
    status: 409,
    exit: 6,
    who: "operator",
    text: { en: "{type} was not granted: {missing}", zh: "{type} 尚未获得授权：{missing}" },
    advice: {
      en: "an administrator can grant it: kubemin type grant {type}",
      zh: "可由管理员授权：kubemin type grant {type}",
    },
  },
  GrantUnreadable: {
    status: 409,
    exit: 6,
    who: "operator",
    text: {
      en: "what was granted to project {project} for {type} cannot be read: {fields}",
      zh: "无法读取授予项目 {project} 使用 {type} 的内容：{fields}",
    },
    advice: {
      en: "an administrator can grant it again: kubemin type grant {type} --project {project}",
      zh: "管理员可重新授权：kubemin type grant {type} --project {project}",
    },
  },
  JobTypeChanged: {
    status: 409,
    exit: 6,
    who: "you",
    text: {
      en: "{type} {version} is no longer {standing}: another caller changed it at the same moment",
      zh: "{type} {version} 不再是 {standing}：另一个调用方在同一时刻更改了它",
    },
    advice: { en: "nothing was changed; read it again, then decide", zh: "没有做任何更改；请重新读取后再决定" },
  },
  NoSuchExample: {
    status: 409,
    exit: 6,
    who: "you",
    text: {
      en: "{type} {version} has no example {example}: it has {count}",
      zh: "{type} {version} 没有示例 {example}：共有 {count} 个",
    },
    advice: {
      en: "nothing was started; the first example is number 0",
      zh: "没有启动任何运行；示例从 0 开始编号",
    },
  },
} as const satisfies Record<string, ErrorRow>;

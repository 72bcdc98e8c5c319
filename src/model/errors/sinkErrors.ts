// Errors about adding a sink to a project. Rows of the table of errors.
import type { ErrorRow } from "./errorRow.ts";

export const SINK_ERRORS = {
  TooManySinks: {
    status: 409,
    exit: 6,
    who: "you",
    text: {
      en: "project {project} has {limit} sinks already, which is the limit",
      zh: "项目 {project} 已有 {limit} 个 sink，达到上限",
    },
    advice: {
      en: "nothing was added; remove one first: kubemin sinks remove NAME",
      zh: "没有添加任何内容；请先删除一个：kubemin sinks remove 名称",
    },
  },
  SinkNameTaken: {
    status: 409,
    exit: 6,
    who: "you",
    text: { en: "project {project} has a sink {sink} already", zh: "项目 {project} 已有名为 {sink} 的 sink" },
    advice: {
      en: "choose another name, or remove that sink first: kubemin sinks remove {sink}",
      zh: "请换一个名称，或先删除该 sink：kubemin sinks remove {sink}",
    },
  },
} as const satisfies Record<string, ErrorRow>;

// Why an answer to a step, the name of a token or the times of a schedule are refused. Rows of the table of errors.
import type { ErrorRow } from "./errorRow.ts";

export const STEERING_ERRORS = {
  InvalidSchedule: {
    status: 400,
    exit: 2,
    who: "you",
    text: { en: "the schedule is not valid: {faults}", zh: "定时计划不合法：{faults}" },
    advice: {
      en: "write five fields (minute hour day month weekday) or a name such as @daily, and a time zone such as Europe/Berlin",
      zh: "请写五个字段（分 时 日 月 星期）或 @daily 之类的名称，时区如 Asia/Shanghai",
    },
  },
  NotAsking: {
    status: 409,
    exit: 6,
    who: "you",
    text: {
      en: "step {job} of run {run} does not ask for an answer: {cause}",
      zh: "运行 {run} 的步骤 {job} 没有在等待答复：{cause}",
    },
    advice: {
      en: "the answer was not stored; steps of this run that wait for an answer now: {waiting}",
      zh: "答复未被保存；该运行中正在等待答复的步骤：{waiting}",
    },
  },
  NotTheApprover: {
    status: 403,
    exit: 4,
    who: "you",
    text: {
      en: "step {job} of run {run} takes its answer from {allowed}; this token is called {actor}",
      zh: "运行 {run} 的步骤 {job} 只接受 {allowed} 的答复；当前令牌名为 {actor}",
    },
    advice: {
      en: "ask one of them to answer, with the token of that name",
      zh: "请由其中一位用其本人的令牌答复",
    },
  },
  TokenNewerThanQuestion: {
    status: 403,
    exit: 4,
    who: "you",
    text: {
      en: "token {actor} was created at {madeAt}, after step {job} of run {run} had asked at {askedAt}: it cannot answer this question",
      zh: "令牌 {actor} 创建于 {madeAt}，晚于运行 {run} 的步骤 {job} 提问的时间 {askedAt}：不能答复该问题",
    },
    advice: {
      en: "let another of them answer ({allowed}), or cancel the run and start it again: the step then asks again",
      zh: "请由其他可答复者（{allowed}）答复，或取消并重新开始该运行：步骤会重新提问",
    },
  },
  TokenNameShared: {
    status: 403,
    exit: 4,
    who: "operator",
    text: {
      en: "{count} tokens are called {actor}, so step {job} of run {run} cannot tell who answers",
      zh: "有 {count} 个令牌名为 {actor}，运行 {run} 的步骤 {job} 无法判断答复者",
    },
    advice: {
      en: "remove all but one of them (kubemin token list, kubemin token remove ID), then answer again",
      zh: "请只保留其中一个（kubemin token list、kubemin token remove 编号），然后再次答复",
    },
  },
  TokenNameTaken: {
    status: 409,
    exit: 6,
    who: "you",
    text: { en: "a token {name} exists already", zh: "令牌 {name} 已存在" },
    advice: {
      en: "choose another name, or remove that token first: kubemin token remove {name}",
      zh: "请换一个名称，或先删除该令牌：kubemin token remove {name}",
    },
  },
} as const satisfies Record<string, ErrorRow>;

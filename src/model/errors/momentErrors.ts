// Why a question about a past moment has no answer. Rows of the table of errors.
import type { ErrorRow } from "./errorRow.ts";

export const MOMENT_ERRORS = {
  MomentAhead: {
    status: 400,
    exit: 2,
    who: "you",
    text: { en: "{at} has not come yet: it is {now} on the server", zh: "{at} 尚未到来：服务器时间为 {now}" },
    advice: { en: "ask about a moment that is past, or without a time", zh: "请询问过去的时刻，或不指定时间" },
  },
  MomentBeforeRun: {
    status: 400,
    exit: 2,
    who: "you",
    text: {
      en: "there was no run {run} at {at}: it was created at {begun}",
      zh: "{at} 时还没有运行 {run}：它创建于 {begun}",
    },
    advice: { en: "ask about a later moment", zh: "请询问此后的时刻" },
  },
  RecordGone: {
    status: 404,
    exit: 5,
    who: "operator",
    text: {
      en: "the record of run {run} does not reach back to {at}: its first events are no longer kept",
      zh: "运行 {run} 的记录不包含 {at}：最早的事件已不再保留",
    },
    advice: {
      en: "the operator sets how long events are kept (kubemin serve --keep events=AGE); the end of the run is still stored: ask without a time",
      zh: "事件的保留时间由运维人员决定（kubemin serve --keep events=AGE）；运行的结果仍在：请不带时间询问",
    },
  },
} as const satisfies Record<string, ErrorRow>;

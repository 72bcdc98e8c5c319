// Progress and end of calls to addresses that users named. Rows of the table of reasons. Why a call was not made, or
// why its answer was not accepted, is the cause of the row, so that a reader gets the whole sentence in one language.
import type { Localized } from "../data/text.ts";
import type { Actor } from "./actor.ts";
import { OUTGOING_REFUSALS, type OutgoingRefusalCode } from "./outgoingRefusal.ts";

type Causes = { readonly [Code in OutgoingRefusalCode as `Call${Code}`]: (typeof OUTGOING_REFUSALS)[Code] };

export const CALL_REASONS = {
  Calling: { who: "nobody", text: { en: "calling {target}", zh: "正在请求 {target}" } },
  Answered: { who: "nobody", text: { en: "{target} answered {status}", zh: "{target} 返回 {status}" } },
  CallFailed: { who: "you", text: { en: "{target}: {cause}", zh: "{target}：{cause}" } },
  CallRefused: {
    who: "operator",
    text: { en: "kubemin may not call {target}: {cause}", zh: "kubemin 不允许请求 {target}：{cause}" },
  },
  NotCalled: {
    who: "you",
    text: { en: "{target} was not called: {cause}", zh: "没有请求 {target}：{cause}" },
  },
  AnswerRefused: {
    who: "you",
    text: {
      en: "{target} was called, but its answer was not accepted: {cause}",
      zh: "已请求 {target}，但不接受其应答：{cause}",
    },
  },
  WrongStatus: {
    who: "you",
    text: {
      en: "{target} was called and answered {status}, which does not count as success",
      zh: "已请求 {target}，返回 {status}，不算成功",
    },
  },
  AnswerNotRead: {
    who: "you",
    text: {
      en: "the call was made and {target} answered {status}; its answer of more than {limit} bytes was not read. Where only the status matters, write `answer: none`",
      zh: "请求已发出，{target} 返回 {status}；其应答超过 {limit} 字节，未予读取。若只需要状态码，请写 `answer: none`",
    },
  },
  AnswerTooLong: {
    who: "you",
    text: {
      en: "the call was made and {target} answered {status}; its answer is not kept, because a step can give {limit} characters of JSON and this has {size}. Where only the status matters, write `answer: none`",
      zh: "请求已发出，{target} 返回 {status}；其应答未保留：步骤输出最多 {limit} 个 JSON 字符，而它有 {size} 个。若只需要状态码，请写 `answer: none`",
    },
  },
  AnswerNotJson: {
    who: "you",
    text: {
      en: "the call was made and {target} answered {status}; its answer should be JSON, but is not",
      zh: "请求已发出，{target} 返回 {status}；其应答应为 JSON，但不是",
    },
  },
  AnswerNotExact: {
    who: "you",
    text: {
      en: "the call was made and {target} answered {status}; its answer is not kept, because the number at {pointer} has too many digits to be kept as it is: ask for it as a text. Where only the status matters, write `answer: none`",
      zh: "请求已发出，{target} 返回 {status}；其应答未保留：{pointer} 处的数值位数过多，无法原样保存，请让对方以文本返回。若只需要状态码，请写 `answer: none`",
    },
  },
  AnswerNotText: {
    who: "you",
    text: {
      en: "the call was made and {target} answered {status}; its answer is not kept, because it is not text in the character set {charset}. Where only the status matters, write `answer: none`",
      zh: "请求已发出，{target} 返回 {status}；其应答未保留：它不是字符集 {charset} 的文本。若只需要状态码，请写 `answer: none`",
    },
  },
  // Causes
  ErrorStatus: { who: "you", text: { en: "it answered with status {status}", zh: "返回状态 {status}" } },
  NoPhase: {
    who: "you",
    text: { en: "its answer is not JSON that names a phase", zh: "其应答不是含有 phase 的 JSON" },
  },
  NotExact: {
    who: "you",
    text: {
      en: "the number at {pointer} has too many digits to be kept as it is: send it as a text",
      zh: "{pointer} 处的数值位数过多，无法原样保存：请以文本发送",
    },
  },
  NotText: {
    who: "you",
    text: { en: "it is not text in the character set {charset}", zh: "它不是字符集 {charset} 的文本" },
  },
  ...(Object.fromEntries(
    Object.entries(OUTGOING_REFUSALS).map(([code, row]) => [`Call${code}`, row]),
  ) as unknown as Causes), // the same rows, under the names that the type gives them
} as const satisfies Record<string, { readonly who: Actor; readonly text: Localized }>;

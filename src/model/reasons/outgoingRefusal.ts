// The closed table of why a call to an address that a user named was not made, or why its answer was not accepted. A
// sentence names at most a host and a number, never a path, a query, the value of a header or a body: those may contain
// secret values.
import { type Language, type Localized, type Params, translate } from "../data/text.ts";
import type { Actor } from "./actor.ts";

interface Row {
  readonly who: Actor;
  /** Whether the same call may succeed later. */
  readonly passing: boolean;
  /**
   * unsent: nothing of the request left this server · sent: it may have arrived and may have had an effect · answered:
   * it arrived.
   */
  readonly call: "unsent" | "sent" | "answered";
  readonly text: Localized;
}

export const OUTGOING_REFUSALS = {
  BadAddress: {
    who: "you",
    passing: false,
    call: "unsent",
    text: { en: "the address is not a URL like https://host/path", zh: "地址不是形如 https://host/path 的 URL" },
  },
  CredentialsInAddress: {
    who: "you",
    passing: false,
    call: "unsent",
    text: {
      en: "the address of {host} contains a user or a password: send them as a header",
      zh: "{host} 的地址含有用户名或密码：请改用请求头",
    },
  },
  BadScheme: {
    who: "you",
    passing: false,
    call: "unsent",
    text: { en: "{scheme} is not supported: use https", zh: "不支持 {scheme}：请使用 https" },
  },
  Unencrypted: {
    who: "operator",
    passing: false,
    call: "unsent",
    text: {
      en: "{host} is called without encryption only where the operator allows it",
      zh: "未加密访问 {host} 需要运维人员允许",
    },
  },
  ForbiddenAddress: {
    who: "operator",
    passing: false,
    call: "unsent",
    text: {
      en: "{host} is at {address} ({range}), which this server does not call",
      zh: "{host} 位于 {address}（{range}），服务器不会访问该地址",
    },
  },
  BadHeader: {
    who: "you",
    passing: false,
    call: "unsent",
    text: { en: "the header {header} cannot be sent", zh: "无法发送请求头 {header}" },
  },
  Unresolvable: {
    who: "you",
    passing: true,
    call: "unsent",
    text: { en: "there is no address for {host}", zh: "无法解析 {host}" },
  },
  Unreachable: {
    who: "you",
    passing: true,
    call: "unsent",
    text: { en: "{host} cannot be reached ({detail})", zh: "无法连接 {host}（{detail}）" },
  },
  ConnectionLost: {
    who: "you",
    passing: true,
    call: "sent",
    text: {
      en: "{host} broke the connection before it had answered completely ({detail})",
      zh: "{host} 在完整应答之前断开了连接（{detail}）",
    },
  },
  ConnectTimeout: {
    who: "you",
    passing: true,
    call: "unsent",
    text: { en: "{host} accepted no connection within {seconds} s", zh: "{host} 在 {seconds} 秒内未接受连接" },
  },
  AnswerTimeout: {
    who: "you",
    passing: true,
    call: "sent",
    text: { en: "{host} did not answer completely within {seconds} s", zh: "{host} 未在 {seconds} 秒内完整应答" },
  },
  AnswerTooLarge: {
    who: "you",
    passing: false,
    call: "answered",
    text: {
      en: "{host} answered {status} with more than {limit} bytes, which were not read",
      zh: "{host} 返回 {status}，应答超过 {limit} 字节，未予读取",
    },
  },
  BadAnswer: {
    who: "you",
    passing: true,
    call: "answered",
    text: {
      en: "{host} answered with something that is not HTTP ({detail})",
      zh: "{host} 的应答不是 HTTP（{detail}）",
    },
  },
  Aborted: {
    who: "nobody",
    passing: true,
    call: "sent",
    text: { en: "the call to {host} was aborted", zh: "对 {host} 的调用已放弃" },
  },
  Redirected: {
    who: "you",
    passing: false,
    call: "answered",
    text: {
      en: "{host} answered with a redirect ({status}), which is never followed",
      zh: "{host} 返回重定向（{status}），服务器从不跟随重定向",
    },
  },
  Unsigned: {
    who: "you",
    passing: false,
    call: "answered",
    text: { en: "the message from {host} is not signed", zh: "{host} 发送的内容没有签名" },
  },
  BadSignature: {
    who: "you",
    passing: false,
    call: "answered",
    text: {
      en: "the signature of the message from {host} is wrong: compare the secret and the way the signature is computed",
      zh: "{host} 发送内容的签名不正确：请核对密钥与签名算法",
    },
  },
  StaleSignature: {
    who: "you",
    passing: false,
    call: "answered",
    text: {
      en: "the message from {host} was signed {seconds} s away from the present time: compare the clocks",
      zh: "{host} 发送内容的签名时间与当前相差 {seconds} 秒：请核对时钟",
    },
  },
} as const satisfies Record<string, Row>;

export type OutgoingRefusalCode = keyof typeof OUTGOING_REFUSALS;

export function explainOutgoingRefusal(code: OutgoingRefusalCode, params: Params, language: Language): string {
  return translate(OUTGOING_REFUSALS[code].text, language, params);
}

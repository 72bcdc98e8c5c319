// The closed table of why an event could not be delivered to a sink, together with the refusals of outgoingRefusal.ts.
// A sentence names a host and a number, never a path or a body.
import { type Language, type Localized, type Params, translate } from "../data/text.ts";
import { explainOutgoingRefusal, OUTGOING_REFUSALS, type OutgoingRefusalCode } from "./outgoingRefusal.ts";

/**
 * The number of failures in a row, of any runs, that open the breaker of a sink: the receiver is down then, not one
 * event wrong.
 */
export const BREAKER_FAILURES = 5;

const OWN = {
  UnexpectedStatus: {
    en: "{host} answered {status}; an event counts as delivered with 200 to 299",
    zh: "{host} 返回 {status}；200 到 299 才算已接收",
  },
  BrokerRefused: {
    en: "the brokers at {host} did not accept it ({detail})",
    zh: "{host} 的 broker 未接收（{detail}）",
  },
  SecretUnreadable: {
    en: "the secret of the sink cannot be decrypted with this server's key: remove the sink and add it again",
    zh: "无法用本服务器的主密钥解开该 sink 的密钥：请删除该 sink 后重新添加",
  },
} as const satisfies Record<string, Localized>;

type SinkFailureCode = OutgoingRefusalCode | keyof typeof OWN;

export interface SinkFailure {
  readonly code: SinkFailureCode;
  readonly params: Params;
}

export function explainSinkFailure({ code, params }: SinkFailure, language: Language): string {
  return code in OUTGOING_REFUSALS
    ? explainOutgoingRefusal(code as OutgoingRefusalCode, params, language) // just looked up there
    : translate(OWN[code as keyof typeof OWN], language, params); // the only other family
}

// What calls of addresses that users named have in common: whom they call, what an answer that is not taken means, and what may be repeated.
// What never left this server was refused (`rejected`); once the other side was called, the job has `failed`, because the call was made.

import type { JobOutcome } from "../../catalog/job.ts";
import { OUTGOING_REFUSALS } from "../../model/reasons/outgoingRefusal.ts";
import { type Reason, type ReasonCode, reason } from "../../model/reasons/reason.ts";
import type { OutgoingAnswer, OutgoingRefused } from "../../ports/outgoing.ts";

export type Bad = Exclude<JobOutcome, { readonly phase: "succeeded" }>;

/** Host and port, without the path: that may hold secrets. "": it is no address. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}

export function refusedCall(target: string, error: OutgoingRefused): Bad {
  const { passing, call, who } = OUTGOING_REFUSALS[error.code];
  const ended = (phase: Bad["phase"], code: ReasonCode): Bad => ({
    phase,
    reason: reason(code, { target, code: error.code }, causeOf(error)),
    evidence: [],
    retryable: passing,
    ...(call === "unsent" ? { untouched: true } : {}),
  });
  if (passing) return ended("failed", "CallFailed");
  if (call !== "unsent") return ended("failed", "AnswerRefused");
  return ended("rejected", who === "you" ? "NotCalled" : "CallRefused");
}

export function causeOf({ code, params }: OutgoingRefused): Reason {
  return reason(`Call${code}`, params);
}

/** An answer with a status that was not asked for. Errors of the other side may pass; what it says of the request does not. */
export function wrongStatus(target: string, { status, headers, body }: OutgoingAnswer): Bad {
  const evidence = body === "" ? [] : [{ source: "response" as const, object: target, text: body.slice(0, 500) }];
  if (status < 500 && status !== 429)
    return { phase: "failed", reason: reason("WrongStatus", { target, status }), evidence, retryable: false };
  const why = reason("CallFailed", { target }, reason("ErrorStatus", { status }));
  const seconds = Number(headers["retry-after"]);
  const wished = Number.isFinite(seconds) && seconds > 0 ? { retryAfter: seconds * 1_000 } : {};
  return { phase: "failed", reason: why, evidence, retryable: true, ...wished };
}

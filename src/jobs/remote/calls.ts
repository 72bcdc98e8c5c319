// Shared parts of job types that call addresses of users: the shown target, and the outcome of a refused call or a
// wrong answer. The calls happen in src/outgoing. A call that never left this server ends the job as `rejected`; once
// the address was called, the job has `failed`.

import type { JobOutcome } from "../../catalog/job.ts";
import { OUTGOING_REFUSALS } from "../../model/reasons/outgoingRefusal.ts";
import { type Reason, type ReasonCode, reason } from "../../model/reasons/reason.ts";
import type { OutgoingAnswer, OutgoingRefused } from "../../ports/outgoing.ts";

export type Bad = Exclude<JobOutcome, { readonly phase: "succeeded" }>;

/** Host and port. The path is left out, because it may contain secrets. Empty when the text is not a URL. */
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

/**
 * An answer with an unexpected status. A server error or 429 may go away, so the call is retried; another status means
 * a wrong request.
 */
export function wrongStatus(target: string, { status, headers, body }: OutgoingAnswer): Bad {
  const evidence = body === "" ? [] : [{ source: "response" as const, object: target, text: body.slice(0, 500) }];
  if (status < 500 && status !== 429)
    return { phase: "failed", reason: reason("WrongStatus", { target, status }), evidence, retryable: false };
  const why = reason("CallFailed", { target }, reason("ErrorStatus", { status }));
  const seconds = Number(headers["retry-after"]);
  const requestedPause = Number.isFinite(seconds) && seconds > 0 ? { retryAfter: seconds * 1_000 } : {};
  return { phase: "failed", reason: why, evidence, retryable: true, ...requestedPause };
}

// What the outcome of an attempt makes of its job. Pure.
import type { JobOutcome } from "../catalog/job.ts";
import { formatDuration } from "../model/duration.ts";
import type { Evidence } from "../model/health.ts";
import { explainReason, type Reason, reason } from "../model/reason.ts";
import type { Job } from "../model/run.ts";

/** An attempt that did not come to an answer of its own. */
export type Interruption = { readonly phase: "cancelled"; readonly reason: Reason };

const BACKOFF_LIMIT = 5 * 60_000;

export function settleAttempt(job: Job, outcome: JobOutcome | Interruption, now: Date): Job {
  if (outcome.phase === "failed" && outcome.retryable && job.attempt < job.plan.retry.attempts)
    return delayed(job, outcome.reason, outcome.evidence, now);
  return {
    ...job,
    phase: outcome.phase,
    reason: outcome.reason,
    evidence: "evidence" in outcome ? outcome.evidence : [],
    output: outcome.phase === "succeeded" ? (outcome.output ?? {}) : job.output,
    finishedAt: now.toISOString(),
  };
}

function delayed(job: Job, cause: Reason, evidence: readonly Evidence[], now: Date): Job {
  const delay = Math.min(job.plan.retry.backoff * 2 ** (job.attempt - 1), BACKOFF_LIMIT);
  const params = {
    delay: formatDuration(delay),
    attempt: job.attempt + 1,
    attempts: job.plan.retry.attempts,
    cause: explainReason(cause, "en"),
  };
  return {
    ...job,
    phase: "queued",
    reason: reason("Retrying", params),
    evidence,
    notBefore: new Date(now.getTime() + delay).toISOString(),
  };
}

/** The total time of a job is over, all attempts together. `last` is what it was waiting for. */
export function gaveUp(job: Job, last: Reason, evidence: readonly Evidence[]): JobOutcome {
  return {
    phase: "failed",
    reason: reason("Deadline", { limit: formatDuration(job.plan.timeout), cause: explainReason(last, "en") }),
    evidence,
    retryable: false,
  };
}

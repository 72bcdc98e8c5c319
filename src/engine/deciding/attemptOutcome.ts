// Decides what follows for a job from the outcome of its attempt: its final phase, or a wait for the next attempt.
// Pure.
import { createHash } from "node:crypto";
import type { JobOutcome } from "../../catalog/job.ts";
import { formatDuration } from "../../model/document/duration.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { usesUpAttempt } from "../../model/run/phase.ts";
import { type Job, withEarlier } from "../../model/run/run.ts";

/** An attempt that was stopped before it had an outcome of its own. */
export type Interruption = { readonly phase: "cancelled"; readonly reason: Reason };

type Unsuccessful = Exclude<JobOutcome, { readonly phase: "succeeded" }>;

const BACKOFF_LIMIT = 5 * 60_000;
/** The longest delay, in milliseconds, that a job type may ask for with `retryAfter`. */
const LONGEST_PAUSE = 24 * 60 * 60_000;
/** The most interruptions by the platform that are repeated. After that the job ends, so that a person looks at it. */
const INTERRUPTIONS = 10;

export function settleAttempt(job: Job, outcome: JobOutcome | Interruption, now: Date): Job {
  if (outcome.phase !== "succeeded" && outcome.phase !== "cancelled") {
    const again = retried(job, outcome);
    if (again !== null) return delayed(again, outcome, now);
  }
  return {
    ...job,
    phase: outcome.phase,
    reason: outcome.reason,
    evidence: outcome.phase === "succeeded" || outcome.phase === "cancelled" ? [] : outcome.evidence,
    output: outcome.phase === "succeeded" ? (outcome.output ?? {}) : job.output,
    finishedAt: now.toISOString(),
    pendingAt: null,
  };
}

/**
 * The job with its counts after the attempt, or `null` when there is no further attempt. An attempt that the platform
 * interrupted does not use up one of the job's attempts.
 */
function retried(job: Job, outcome: Unsuccessful): Job | null {
  if (!outcome.retryable) return null;
  const left = job.attempt - job.interruptions < attemptsOf(job, outcome);
  if (outcome.phase === "interrupted") {
    // When a second attempt could do something twice (`untouched` is set), an interrupted attempt counts like any
    // other.
    if (job.plan.retry.untouched !== undefined && !left) return null;
    return job.interruptions < INTERRUPTIONS ? { ...job, interruptions: job.interruptions + 1 } : null;
  }
  return usesUpAttempt(outcome.phase) && left ? job : null;
}

function attemptsOf({ plan: { retry } }: Job, { untouched }: Unsuccessful): number {
  return untouched === true ? Math.max(retry.attempts, retry.untouched ?? 0) : retry.attempts;
}

function delayed(job: Job, outcome: Unsuccessful, now: Date): Job {
  const used = job.attempt - job.interruptions;
  const delay = outcome.retryAfter === undefined ? backoffOf(job, used) : Math.min(outcome.retryAfter, LONGEST_PAUSE);
  const at = new Date(now.getTime() + delay).toISOString();
  const params = {
    at,
    delay: formatDuration(delay),
    attempt: used + 1,
    attempts: attemptsOf(job, outcome),
  };
  return {
    ...job,
    phase: "queued",
    reason: reason("Retrying", params, outcome.reason),
    evidence: outcome.evidence,
    notBefore: at,
    earlier: withEarlier(job.earlier, { attempt: job.attempt, reason: outcome.reason, at: now.toISOString() }),
    pendingAt: null,
  };
}

function backoffOf({ plan: { retry }, run, name }: Job, used: number): number {
  const { backoff, factor = 2, limit = BACKOFF_LIMIT, jitter } = retry;
  const whole = Math.min(backoff * factor ** Math.max(0, used - 1), limit);
  if (jitter === undefined) return whole;
  // A hash serves as the random number, because the same decision after a crash must give the same delay.
  const share = createHash("sha256").update(`${run}/${name}/${used}`).digest().readUInt32BE() / 2 ** 32;
  return Math.round(jitter === "full" ? whole * share : whole * (0.5 + share / 2));
}

/**
 * The outcome of an attempt whose clock ran out. `last` is the last report of the job: a job that was still pending has
 * waited for too long (`expired`); any other ran for too long (`timed-out`).
 */
export function expiredOutcome(
  clock: { readonly name: "total" | "attempt" | "step"; readonly limit: number; readonly step?: string },
  last: { readonly reason: Reason; readonly evidence: readonly Evidence[]; readonly pending: boolean },
): JobOutcome {
  const params = { limit: formatDuration(clock.limit) };
  const { evidence, reason: cause } = last;
  if (clock.name === "step") {
    const why = reason("StepDeadline", { ...params, step: clock.step ?? "" }, cause);
    return { phase: last.pending ? "expired" : "timed-out", reason: why, evidence, retryable: false };
  }
  if (last.pending)
    return { phase: "expired", reason: reason("GaveUpWaiting", params, cause), evidence, retryable: false };
  return clock.name === "total"
    ? { phase: "timed-out", reason: reason("Deadline", params, cause), evidence, retryable: false }
    : { phase: "timed-out", reason: reason("AttemptDeadline", params, cause), evidence, retryable: true };
}

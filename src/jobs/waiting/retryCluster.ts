// Repeats calls to a cluster that was unreachable or busy, until they succeed or the job's own deadline passes. A denial
// that may pass (of a webhook) is repeated for its grace.

import type { JobRun } from "../../catalog/job.ts";
import type { Reason } from "../../model/reasons/reason.ts";
import { endingOf } from "../../model/run/jobEnding.ts";
import type { BadEnding } from "../../model/run/phase.ts";
import { ClusterError } from "../../ports/cluster.ts";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

/**
 * Repeats the call while it throws a retryable `ClusterError`, or one whose grace is not over. Other errors are thrown,
 * and the last error once the signal aborted.
 */
export async function withRetries<T>(job: JobRun<unknown>, call: () => Promise<T>): Promise<T> {
  let denied: number | undefined;
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ClusterError) || job.signal.aborted) throw error;
      const { grace } = error.refusal;
      const now = job.clock.now().getTime();
      if (!error.retryable) denied ??= now;
      const left = denied === undefined ? LONGEST_WAIT : denied + grace - now;
      if (!error.retryable && left <= 0) throw error;
      job.report(error.reason, [], error.retryable ? undefined : "pending");
      await job.clock.sleep(error.retryable ? wait : Math.min(wait, left), job.signal);
      if (job.signal.aborted) throw error;
    }
  }
}

const REJECTIONS: ReadonlySet<Reason["code"]> = new Set([
  "QuotaExceeded",
  "PolicyDenied",
  "NotAllowed",
  "RunNamespace",
]);

/**
 * The outcome of a job after an error of the cluster: `rejected` for quota, policies and rights, otherwise `failed`.
 */
export function refusal(error: ClusterError): {
  readonly phase: BadEnding;
  readonly reason: Reason;
  readonly evidence: [];
  readonly retryable: boolean;
} {
  return {
    phase: endingOf(REJECTIONS.has(error.reason.code) ? "rejected" : "failed", error.reason.code),
    reason: error.reason,
    evidence: [],
    retryable: error.retryable,
  };
}

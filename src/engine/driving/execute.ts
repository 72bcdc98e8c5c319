// Runs one attempt of one job: finds its type, gives it what it needs, and enforces its clocks. Whatever a job type
// does, `executeAttempt` returns: an outcome, "cancelled", or "left" when this process lost the run and the next driver
// resumes the attempt. It throws only when the disk of the store is full, because that is no outcome of the job.
import type { JobDefinition } from "../../catalog/define.ts";
import type { JobOutcome, JobRun } from "../../catalog/job.ts";
import type { Json } from "../../model/data/json.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { explainProblem, type Problem } from "../../model/problems/problem.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import type { Job } from "../../model/run/run.ts";
import { parseData } from "../../plan/fields/zodProblems.ts";
import { ClusterError } from "../../ports/cluster.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { expiredOutcome, type Interruption } from "../deciding/attemptOutcome.ts";
import type { Attempt, AttemptDependencies, AttemptProgress, AttemptResult } from "./attempt.ts";
import { type RunningClock, startAttemptClocks } from "./attemptClocks.ts";
import { SecretUnreadable, scopeOf } from "./attemptScope.ts";
import { fenced } from "./fencedCluster.ts";
import { LOCK_LOST } from "./heldLocks.ts";
import { messagesOf } from "./jobMessages.ts";
import { settledOutput } from "./outputs.ts";
import { releaseType, type TypeCall } from "./release.ts";

/**
 * Milliseconds that a job type may take to return after its signal aborted. After that, the result of the type is
 * ignored.
 */
const GRACE = 5_000;
/**
 * The least time, in milliseconds, of a resumed attempt. Its clocks went on without a driver, and it may have reached
 * its goal meanwhile.
 */
const RESUMED_LEAST = 60_000;
/** Milliseconds that a resumed job needs to read its messages, when it only waits for people or for a time. */
export const PARKED_LEAST = 2_000;

export async function executeAttempt(dependencies: AttemptDependencies, attempt: Attempt): Promise<AttemptResult> {
  const { run, job } = attempt;
  const definition = dependencies.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion);
  const cluster = await dependencies.clusters.find(run.cluster);
  if (definition === undefined) return failed(reason("TypeUnknown", { type: job.plan.type }));
  if (cluster === undefined) return failed(reason("ClusterUnknown", { cluster: run.cluster }));

  const ending = new AbortController();
  const watch = { now: dependencies.clock.now(), pauses: run.pauses };
  const clocks = startAttemptClocks(attempt, {
    watch,
    least: (left) => leastOf(attempt, definition, left),
    until: ending.signal,
  });
  const stop = AbortSignal.any([attempt.cancelled, attempt.lost, attempt.displaced, clocks.expired]);

  let last: AttemptProgress = { reason: job.reason, evidence: job.evidence, phase: openPhase(job) };
  const signal = AbortSignal.any([stop, ending.signal]);
  const context: JobRun<unknown> = {
    ...scopeOf(dependencies, attempt),
    cluster: fenced(cluster, attempt.holds, run.revision),
    signal,
    park: (until) => void attempt.wait(until),
    messages: () => messagesOf(dependencies, attempt, { signal, parks: definition.parks === true }),
    conceal: (texts) => attempt.mask.conceal(texts),
    report(why, evidence = [], phase = "running") {
      last = { reason: attempt.mask.reason(why), evidence: attempt.mask.evidence(evidence), phase };
      clocks.note(phase);
      attempt.report(last);
    },
  };
  try {
    const result = await Promise.race([
      runType(attempt, { definition, context }),
      afterGrace(dependencies, stop, ending.signal),
    ]);
    if (isLost(attempt)) return "left";
    const own = result === "silent" ? broken("the attempt was stopped, but none of its clocks had ended") : result;
    const outcome =
      endOf(attempt, clocks.ended(), last) ??
      attempt.mask.outcome(settledOutput(dependencies, attempt, { definition, outcome: own }));
    if (outcome.phase === "succeeded") return outcome;
    await releaseType(dependencies, attempt, { definition, context });
    return isLost(attempt) ? "left" : outcome;
  } finally {
    ending.abort();
  }
}

/**
 * Milliseconds that a clock leaves at least to a resumed attempt. A job that waits for people or for a time was parked
 * on purpose and is resumed before its time is over, so it gets extra time only when no process was there in time.
 */
function leastOf({ resumed }: Attempt, { parks }: JobDefinition, left: number): number {
  if (!resumed) return 0;
  if (parks === true) return left > 0 ? 0 : PARKED_LEAST;
  return RESUMED_LEAST;
}

/** A resumed attempt keeps its phase; a new one is running. */
function openPhase(job: Job): "pending" | "running" {
  return job.phase === "pending" ? "pending" : "running";
}

function isLost({ lost, holds }: Attempt): boolean {
  return lost.aborted || !holds();
}

/** The end of an attempt that the engine ended. `null` when the job type ended it with an outcome of its own. */
function endOf(
  attempt: Attempt,
  clock: RunningClock | undefined,
  last: AttemptProgress,
): JobOutcome | Interruption | null {
  if (attempt.cancelled.aborted)
    return { phase: "cancelled", reason: reason("CancelledBy", { actor: String(attempt.cancelled.reason) }) };
  if (attempt.displaced.aborted) return LOCK_LOST(attempt.locks.map((one) => one.key).join(", "));
  return clock === undefined ? null : expiredOutcome(clock, { ...last, pending: last.phase === "pending" });
}

async function runType({ mask, threw }: Attempt, { definition, context }: TypeCall): Promise<JobOutcome> {
  try {
    const input = parseData(definition.input, context.input as Json, ""); // what a plan holds is JSON
    if (!input.ok) return misfit(input.problems);
    return await definition.run({ ...context, input: input.data });
  } catch (error) {
    if (error instanceof ClusterError)
      return { phase: "failed", reason: error.reason, evidence: [], retryable: error.retryable };
    if (error instanceof PlatformError && error.code === "DatabaseFull") throw error;
    if (error instanceof SecretUnreadable) return failed(reason("SecretUnreadable"));
    threw(mask.text(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    return broken(error instanceof Error ? error.message : String(error));
  }
}

/**
 * A wrong input is a mistake of the user, because references brought its values. Nothing was begun, so the job is
 * rejected.
 */
function misfit(problems: readonly Problem[]): JobOutcome {
  const [first] = problems;
  const problemText = problems.map((one) => `${one.pointer} ${explainProblem(one, "en").message}`.trim()).join("; ");
  const why =
    first?.code === "Type" && problems.length === 1
      ? reason("WrongInput", { ...first.params, pointer: first.pointer })
      : reason("BadInput", { detail: problemText.slice(0, 500), pointer: first?.pointer ?? "" });
  return { phase: "rejected", reason: why, evidence: [], retryable: false };
}

async function afterGrace({ clock }: Dependencies<"clock">, stop: AbortSignal, ending: AbortSignal): Promise<"silent"> {
  const either = AbortSignal.any([stop, ending]);
  if (!either.aborted)
    await new Promise<void>((resolve) => either.addEventListener("abort", () => resolve(), { once: true }));
  await clock.sleep(GRACE, ending);
  return "silent";
}

function broken(detail: string): JobOutcome {
  return failed(reason("InternalError", { detail }));
}

function failed(why: Reason): JobOutcome {
  return { phase: "failed", reason: why, evidence: [], retryable: false };
}

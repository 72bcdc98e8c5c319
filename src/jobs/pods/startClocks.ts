// The clocks of a pod that has not started: until it has a node, from then until its program runs, and both together.
// They use the run time of the engine (`job.runTime`), which does not count pauses of the run.

import type { JobOutcome, JobRun } from "../../catalog/job.ts";
import { formatDuration } from "../../model/document/duration.ts";
import type { Evidence, ObjectHealth } from "../../model/kubernetes/health.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { isBeforeStart } from "../../model/run/jobEnding.ts";
import { patience, patienceLeft } from "../waiting/untilRoom.ts";

interface StartClocks {
  /**
   * Notes the present health. `true` while the pod is pending: its program has not started, or the pod lost its node
   * and waits for another.
   */
  note(health: ObjectHealth): boolean;
  stop(): void;
}

type Stage = "queue" | "schedule" | "start";
/**
 * The stage of each reason. A queue on the cluster counts like the platform's own queue. Reasons that are not listed
 * count as the start.
 */
const STAGES: Readonly<Partial<Record<Reason["code"], Stage>>> = {
  Scheduling: "schedule",
  SchedulerAbsent: "schedule",
  Unschedulable: "schedule",
  NodeComing: "schedule",
  NodeStarting: "schedule",
  NoNewNode: "schedule",
  PodsPartlyPlaced: "schedule",
  QueueWaits: "queue",
  QueueQuotaBusy: "queue",
  QueueEvicted: "queue",
  QueueRefused: "queue",
  QueueTooSmall: "queue",
  QueueNoFlavor: "queue",
  QueueMissing: "queue",
  QueueClosed: "queue",
  PodGated: "queue",
};
type OnEnd = (why: Reason, evidence: readonly Evidence[]) => void;

const MINUTES = 60_000;
/** Milliseconds that a queue of the cluster has for its first word about a job that does not wait. */
const FIRST_WORD = 15_000;
const DEFAULTS: Readonly<Record<Exclude<Stage, "queue">, number>> = { schedule: 10 * MINUTES, start: 15 * MINUTES };

/**
 * `usual`: stages without a limit of their own get the default limits. Otherwise only the clock for the whole job
 * limits them.
 */
export function startClocks(job: JobRun<unknown>, onEnd: OnEnd, usual = true): StartClocks {
  let stage: Stage | null = null;
  let last: ObjectHealth | undefined;
  const ending = new AbortController();
  let waiting = new AbortController();
  let running = new AbortController();
  const limitTo = (limit: number, until: AbortSignal): void => {
    const signal = AbortSignal.any([until, ending.signal, job.signal]);
    void job.runTime.sleep(limit, signal).then(() => {
      if (signal.aborted) return;
      onEnd(endOf(stage, { limit, onShort: job.onShort, last: last?.reason }), last?.evidence ?? []);
    });
  };
  const { pending: both } = job.clocks;
  // A limit for both stages together replaces the defaults of the single stages.
  const limitOf = (next: Stage): number | undefined =>
    next === "queue"
      ? queuePatience(job, begun)
      : (job.clocks[next] ?? (both === undefined && usual ? DEFAULTS[next] : undefined));
  let bothRun = false;
  let begun = false;
  const begin = (next: Stage): void => {
    if (next !== "queue" && !bothRun && both !== undefined) limitTo(both, waiting.signal);
    bothRun ||= next !== "queue";
    stage = next;
    running.abort();
    running = new AbortController();
    const limit = limitOf(next);
    if (limit !== undefined) limitTo(limit, running.signal);
  };
  const end = (): void => {
    waiting.abort();
    running.abort();
    [waiting, stage, bothRun, begun] = [new AbortController(), null, false, true];
  };
  return {
    note(health) {
      last = health;
      const { code } = health.reason;
      const next = STAGES[code] ?? "start";
      // A program that ran once counts as started, even if its node fails later.
      const pending = isBeforeStart(code) && !(begun && next === "start");
      if (!pending && stage !== null) end();
      if (!pending) begun = true;
      if (pending && next !== stage && !ending.signal.aborted) begin(next);
      return pending;
    },
    stop: () => ending.abort(),
  };
}

/**
 * Milliseconds for which a queue on the cluster may keep the pods. A queue needs some seconds for its first word, also
 * when it admits the job, so `fail` gives it those. A job that the queue has stopped waits as long as a new one.
 */
function queuePatience(job: JobRun<unknown>, begun: boolean): number {
  if (job.onShort === "fail") return FIRST_WORD;
  return begun ? patience(job) : patienceLeft(job);
}

interface Ended {
  readonly limit: number;
  readonly onShort: JobRun<unknown>["onShort"];
  readonly last: Reason | undefined;
}

/**
 * Pods in a queue, or without a node, wait for the cluster. A pod that has a node and does not start needs a person to
 * look at it.
 */
function endOf(stage: Stage | null, { limit, onShort, last }: Ended): Reason {
  if (stage === "queue" && onShort === "fail") return reason("DidNotWait", {}, last);
  const code = stage === "queue" ? "GaveUpWaiting" : stage === "schedule" ? "NeverScheduled" : "NeverStarted";
  return reason(code, { limit: formatDuration(limit), cause: "" }, last);
}

/** The outcome of an attempt that a clock ended. The caller removes its objects from the cluster. */
export function clockOutcome(why: Reason, evidence: readonly Evidence[]): JobOutcome {
  const phase = why.code === "NeverStarted" ? "start-failed" : "expired";
  return { phase, reason: why, evidence, retryable: false };
}

/** The outcome of an attempt whose pods can never run. The caller removes its objects from the cluster. */
export function neverOutcome(why: Reason, evidence: readonly Evidence[]): JobOutcome {
  return { phase: "rejected", reason: why, evidence, retryable: false };
}

// The clocks of a pod that has not started: until it has a node, from then until its program runs, and both together. They go on in what the
// engine measures from the pod's own times, so a restart of ours does not give a pod more time than it was promised twice over.

import type { JobOutcome, JobRun } from "../../catalog/job.ts";
import { formatDuration } from "../../model/document/duration.ts";
import type { Evidence, ObjectHealth } from "../../model/kubernetes/health.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { isBeforeStart } from "../../model/run/jobEnding.ts";
import { patienceLeft } from "../waiting/untilRoom.ts";

interface StartClocks {
  /** How it stands now. True: it is pending, because its program has not begun, or lost its place and looks for another. */
  note(health: ObjectHealth): boolean;
  stop(): void;
}

type Stage = "queue" | "schedule" | "start";
/** A queue on the cluster holds it back as the platform's own line does. Everything else but the search for a node is its start. */
const STAGES: Readonly<Partial<Record<Reason["code"], Stage>>> = {
  Scheduling: "schedule",
  SchedulerAbsent: "schedule",
  Unschedulable: "schedule",
  PodsPartlyPlaced: "schedule",
  QueueWaits: "queue",
  QueueRefused: "queue",
};
type OnEnd = (why: Reason, evidence: readonly Evidence[]) => void;

const MINUTES = 60_000;
const DEFAULTS: Readonly<Record<Exclude<Stage, "queue">, number>> = { schedule: 10 * MINUTES, start: 15 * MINUTES };

/** `usual`: stages that nobody limited have their usual limits; else they go on for as long as the clock of everything. */
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
      // A pod without a node waits for the cluster; one that has a node and does not start is somebody's to look at.
      const code = stage === "schedule" ? "NeverScheduled" : "NeverStarted";
      onEnd(reason(code, { limit: formatDuration(limit), cause: "" }, last?.reason), last?.evidence ?? []);
    });
  };
  const { pending: both } = job.clocks;
  // What a type says of both together stands in the place of what is usual for each.
  const limitOf = (next: Stage): number | undefined =>
    next === "queue"
      ? patienceLeft(job)
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
      // A program that ran has begun, whatever befalls its node later.
      const pending = isBeforeStart(code) && !(begun && next === "start");
      if (!pending && stage !== null) end();
      if (!pending) begun = true;
      if (pending && next !== stage && !ending.signal.aborted) begin(next);
      return pending;
    },
    stop: () => ending.abort(),
  };
}

/** What a clock that ended makes of the attempt. Whatever is left on the cluster is for the caller to remove. */
export function clockOutcome(why: Reason, evidence: readonly Evidence[]): JobOutcome {
  const phase = why.code === "NeverStarted" ? "start-failed" : "expired";
  return { phase, reason: why, evidence, retryable: false };
}

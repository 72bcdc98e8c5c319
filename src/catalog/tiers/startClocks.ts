// The clocks of a pod that has not started: until it has a node, from then until its program runs, and both together. They go on in what the
// engine measures from the pod's own times, so a restart of ours does not give a pod more time than it was promised twice over.
import { formatDuration } from "../../model/duration.ts";
import type { Evidence, ObjectHealth } from "../../model/health.ts";
import { type Reason, reason } from "../../model/reason.ts";
import type { JobRun } from "../job.ts";
import { patienceLeft } from "../room/untilRoom.ts";

export interface StartClocks {
  /** How the pod stands now. `pending`: its program has not begun. */
  note(health: ObjectHealth, pending: boolean): void;
  stop(): void;
}

type Stage = "queue" | "schedule" | "start";
/** A queue on the cluster holds it back as the platform's own line does. Everything else but the search for a node is its start. */
const STAGES: Readonly<Partial<Record<Reason["code"], Stage>>> = {
  Scheduling: "schedule",
  SchedulerAbsent: "schedule",
  Unschedulable: "schedule",
  QueueWaits: "queue",
  QueueRefused: "queue",
};
type OnEnd = (why: Reason, evidence: readonly Evidence[]) => void;

const MINUTES = 60_000;
const DEFAULTS: Readonly<Record<Exclude<Stage, "queue">, number>> = { schedule: 10 * MINUTES, start: 15 * MINUTES };

export function startClocks(job: JobRun<unknown>, onEnd: OnEnd): StartClocks {
  let stage: Stage | null = null;
  let last: ObjectHealth | undefined;
  const ending = new AbortController();
  let running = new AbortController();
  const limitTo = (limit: number, until: AbortSignal): void => {
    const signal = AbortSignal.any([until, ending.signal, job.signal]);
    void job.clock.sleep(limit, signal).then(() => {
      if (signal.aborted) return;
      // A pod without a node waits for the cluster; one that has a node and does not start is somebody's to look at.
      const code = stage === "schedule" ? "NeverScheduled" : "NeverStarted";
      onEnd(reason(code, { limit: formatDuration(limit), cause: "" }, last?.reason), last?.evidence ?? []);
    });
  };
  const { pending: both } = job.clocks;
  // What a type says of both together stands in the place of what is usual for each.
  const limitOf = (next: Stage): number | undefined =>
    next === "queue" ? patienceLeft(job) : (job.clocks[next] ?? (both === undefined ? DEFAULTS[next] : undefined));
  let bothRun = false;
  const begin = (next: Stage): void => {
    if (next !== "queue" && !bothRun && both !== undefined) limitTo(both, ending.signal);
    bothRun ||= next !== "queue";
    stage = next;
    running.abort();
    running = new AbortController();
    const limit = limitOf(next);
    if (limit !== undefined) limitTo(limit, running.signal);
  };
  return {
    note(health, pending) {
      last = health;
      if (!pending) ending.abort();
      const next = STAGES[health.reason.code] ?? "start";
      if (pending && next !== stage && !ending.signal.aborted) begin(next);
    },
    stop: () => ending.abort(),
  };
}

// The clocks of a pod that has not started: until it has a node, and from then until its program runs. They go on in what the engine
// measures from the pod's own times, so a restart of ours does not give a pod more time than it was promised twice over.
import { formatDuration } from "../../model/duration.ts";
import type { Evidence, ObjectHealth } from "../../model/health.ts";
import { explainReason, type Reason, reason } from "../../model/reason.ts";
import type { JobRun } from "../job.ts";

export interface StartClocks {
  /** How the pod stands now. `pending`: its program has not begun. */
  note(health: ObjectHealth, pending: boolean): void;
  stop(): void;
}

type Stage = "schedule" | "start";
type OnEnd = (why: Reason, evidence: readonly Evidence[]) => void;

const MINUTES = 60_000;
const DEFAULTS: Readonly<Record<Stage, number>> = { schedule: 10 * MINUTES, start: 15 * MINUTES };

export function startClocks(job: JobRun<unknown>, onEnd: OnEnd): StartClocks {
  let stage: Stage | null = null;
  let last: ObjectHealth | undefined;
  let running = new AbortController();
  const begin = (next: Stage): void => {
    stage = next;
    running.abort();
    const current = new AbortController();
    running = current;
    const limit = job.clocks[next] ?? DEFAULTS[next];
    void job.clock.sleep(limit, AbortSignal.any([current.signal, job.signal])).then(() => {
      if (current.signal.aborted || job.signal.aborted) return;
      const cause = last === undefined ? "" : explainReason(last.reason, "en");
      onEnd(reason("GaveUpWaiting", { limit: formatDuration(limit), cause }), last?.evidence ?? []);
    });
  };
  return {
    note(health, pending) {
      last = health;
      const next: Stage | null = !pending ? null : health.reason.code === "Unschedulable" ? "schedule" : "start";
      if (next === null) {
        running.abort();
        stage = null;
      } else if (next !== stage) begin(next);
    },
    stop: () => running.abort(),
  };
}

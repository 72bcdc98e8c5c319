// The clocks of a pod that has not started: until it has a node, and from then until its program runs. They go on in what the engine
// measures from the pod's own times, so a restart of ours does not give a pod more time than it was promised twice over.
import { formatDuration } from "../../model/duration.ts";
import type { Evidence, ObjectHealth } from "../../model/health.ts";
import { explainReason, type Reason, reason } from "../../model/reason.ts";
import type { JobRun } from "../job.ts";
import { patienceLeft } from "../room/untilRoom.ts";

export interface StartClocks {
  /** How the pod stands now. `pending`: its program has not begun. */
  note(health: ObjectHealth, pending: boolean): void;
  stop(): void;
}

type Stage = "queue" | "schedule" | "start";
const STAGES: Readonly<Partial<Record<Reason["code"], Stage>>> = {
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
  let running = new AbortController();
  const begin = (next: Stage): void => {
    stage = next;
    running.abort();
    const current = new AbortController();
    running = current;
    // A queue on the cluster holds it back as the platform's own line does: as long as the document allows.
    const limit = next === "queue" ? patienceLeft(job) : (job.clocks[next] ?? DEFAULTS[next]);
    void job.clock.sleep(limit, AbortSignal.any([current.signal, job.signal])).then(() => {
      if (current.signal.aborted || job.signal.aborted) return;
      const cause = last === undefined ? "" : explainReason(last.reason, "en");
      onEnd(reason("GaveUpWaiting", { limit: formatDuration(limit), cause }), last?.evidence ?? []);
    });
  };
  return {
    note(health, pending) {
      last = health;
      const next = pending ? (STAGES[health.reason.code] ?? "start") : null;
      if (next === null) {
        running.abort();
        stage = null;
      } else if (next !== stage) begin(next);
    },
    stop: () => running.abort(),
  };
}

// The scheduler, as a pure function: given the jobs of a run, which start, which will never start, and has the run ended?
// Rule 1: a job starts when everything it needs succeeded, and never before. Rule 2: what did not succeed stops exactly what needs it.
// Rule 3: a cancelled run starts nothing more. Rule 4: a run ends when all of its jobs have. It knows no job type.
import { isSettled } from "../model/phase.ts";
import type { Reason } from "../model/reason.ts";
import { reason } from "../model/reason.ts";
import type { Job, RunPhase } from "../model/run.ts";

export interface Situation {
  readonly jobs: readonly Job[];
  readonly cancelledBy: string | null;
  readonly now: Date;
  /** Jobs of this run that may be running at the same time. */
  readonly parallel: number;
}

export interface Decision {
  /** The jobs in their new state; only those that changed. */
  readonly changed: readonly Job[];
  /** When a queued job becomes due, if nothing happens before. */
  readonly wakeAt: Date | null;
  /** How the run ended, once every job has settled. */
  readonly finish: Exclude<RunPhase, "running"> | null;
}

export function advance(situation: Situation): Decision {
  const jobs = new Map(situation.jobs.map((job) => [job.name, job]));
  const changed = new Set<string>();
  const put = (job: Job): void => {
    jobs.set(job.name, job);
    changed.add(job.name);
  };
  settleUnreachable(jobs, situation, put);
  startDue(jobs, situation, put);
  const all = [...jobs.values()];
  return {
    changed: all.filter((job) => changed.has(job.name)),
    wakeAt: earliest(all, situation.now),
    finish: all.every((job) => isSettled(job.phase)) ? verdict(all) : null,
  };
}

/** Skips what can no longer start, through as many edges as it takes. */
function settleUnreachable(jobs: Map<string, Job>, { cancelledBy, now }: Situation, put: (job: Job) => void): void {
  for (let moved = true; moved; ) {
    moved = false;
    for (const job of jobs.values()) {
      if (job.phase !== "waiting" && job.phase !== "queued") continue;
      const settled =
        cancelledBy === null
          ? skipped(job, jobs, now)
          : ended(job, "cancelled", reason("CancelledBy", { actor: cancelledBy }), now);
      if (settled === null) continue;
      put(settled);
      moved = true;
    }
  }
}

function skipped(job: Job, jobs: ReadonlyMap<string, Job>, now: Date): Job | null {
  const culprit = job.plan.needs.find((need) => {
    const phase = jobs.get(need.job)?.phase;
    return phase !== undefined && isSettled(phase) && phase !== "succeeded";
  });
  return culprit === undefined
    ? null
    : ended(job, "skipped", reason("DependencyFailed", { component: culprit.job }), now);
}

function startDue(jobs: Map<string, Job>, { now, parallel }: Situation, put: (job: Job) => void): void {
  let free = parallel - [...jobs.values()].filter((job) => job.phase === "running").length;
  for (const job of jobs.values()) {
    if (!isDue(job, jobs, now)) continue;
    if (free > 0) {
      put(started(job, now));
      free -= 1;
    } else if (job.phase === "waiting") {
      put({ ...job, phase: "queued", reason: reason("Slot") });
    }
  }
}

function isDue(job: Job, jobs: ReadonlyMap<string, Job>, now: Date): boolean {
  if (job.phase === "queued") return job.notBefore === null || new Date(job.notBefore) <= now;
  return job.phase === "waiting" && job.plan.needs.every((need) => jobs.get(need.job)?.phase === "succeeded");
}

function started(job: Job, now: Date): Job {
  const startedAt = job.startedAt ?? now.toISOString();
  return {
    ...job,
    phase: "running",
    attempt: job.attempt + 1,
    notBefore: null,
    startedAt,
    reason: reason("Applying", { count: job.plan.objects.length }),
    evidence: [],
  };
}

function ended(job: Job, phase: "skipped" | "cancelled", why: Reason, now: Date): Job {
  return { ...job, phase, reason: why, notBefore: null, finishedAt: now.toISOString() };
}

/** What is due already waits for a slot, and a slot that comes free wakes us by itself. */
function earliest(jobs: readonly Job[], now: Date): Date | null {
  const times = jobs
    .flatMap((job) => (job.phase === "queued" && job.notBefore !== null ? [Date.parse(job.notBefore)] : []))
    .filter((time) => time > now.getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}

/** The worst decides: a failure before a refusal, a refusal before a cancel. Skipped jobs only follow one of these. */
function verdict(jobs: readonly Job[]): Exclude<RunPhase, "running"> {
  const phases = new Set(jobs.map((job) => job.phase));
  if (phases.has("failed")) return "failed";
  if (phases.has("rejected")) return "rejected";
  if (phases.has("cancelled")) return "cancelled";
  return phases.has("skipped") ? "failed" : "succeeded";
}

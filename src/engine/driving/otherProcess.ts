// Handles a run whose cluster this process does not know, when other processes drive runs as well: one of them may know
// the cluster. This happens when processes are started with different clusters, and for a moment after a cluster was
// registered through one of them.
//
// What happens with such a run:
//  - When the run was created, or one of its jobs moved, less than ten seconds ago, the drive writes nothing and gives
//    the run back. Another process mostly takes it within that time.
//  - Later, and always when the run is being cancelled, the drive makes one decision. No job starts: jobs that could
//    start become `queued` with the reason ClusterElsewhere, and active jobs report the same reason. Cancels, pauses,
//    and the clocks of jobs that have not begun have their usual effect. Then the drive gives the run back.
//  - Dispatch hands it out again after 1 to 15 seconds, to any process, so in the end to one that knows the cluster.
//    That one drives it as usual.
//
// When this process is the only one (`dispatch.shared` is false), none of this applies: the job fails with
// ClusterUnknown (execute.ts).

import { type Reason, reason } from "../../model/reasons/reason.ts";
import { isActive } from "../../model/run/phase.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { Decision } from "../deciding/advance.ts";
import type { Driver } from "./driver.ts";

/**
 * Milliseconds before the reason is written at all. A process that knows the cluster mostly takes the run within this
 * time.
 */
const PATIENCE = 10_000;
/**
 * Milliseconds until dispatch hands the run out again. Each process asks for runs once a second, at a moment of its
 * own, so that mostly another process takes it. That is not guaranteed: of twenty runs that only one of three processes
 * could drive, half began immediately, and the last one after 7 s.
 */
const AGAIN = 1_000;
/**
 * The longest such pause, in milliseconds. It grows, because many runs of a cluster that no process knows would keep
 * all processes busy.
 */
const LONGEST = 15_000;

/** The reason why another process should drive the run. `null` when this process drives it. */
export async function clusterElsewhere(
  { dispatch, clusters }: Dependencies<"clusters" | "dispatch">,
  { cluster }: Run,
): Promise<Reason | null> {
  if (!dispatch.shared || (await clusters.find(cluster)) !== undefined) return null;
  return reason("ClusterElsewhere", { cluster });
}

/**
 * Whether the run may be given back without a decision: it is not being cancelled, and something happened in the last
 * ten seconds.
 */
export function isWithinPatience({ dependencies, run, jobs }: Pick<Driver, "dependencies" | "run" | "jobs">): boolean {
  return run.cancelledBy === null && dependencies.clock.now().getTime() - lastMove(run, jobs.values()) < PATIENCE;
}

/**
 * Lets each active job report that its cluster is out of reach of this process. Does nothing when this process drives
 * the run.
 */
export function reportElsewhere({
  elsewhere: elsewhereReason,
  jobs,
  attempts,
}: Pick<Driver, "jobs" | "elsewhere" | "attempts">): void {
  if (elsewhereReason === null) return;
  for (const { name, phase, reason: current, evidence } of jobs.values())
    if (isActive(phase) && JSON.stringify(current) !== JSON.stringify(elsewhereReason))
      attempts.reports.set(name, {
        reason: elsewhereReason,
        evidence,
        phase: phase === "pending" ? "pending" : "running",
      });
}

/** When the run is handed out again. `decision` may bring that forward, because a clock of the run ends earlier. */
export function nextCheck(
  { dependencies, run, jobs }: Pick<Driver, "dependencies" | "run" | "jobs">,
  decision?: Decision,
): Date {
  const now = dependencies.clock.now().getTime();
  const waited = now - lastMove(run, jobs.values());
  // A job that has begun lost its driver, so the next process should take the run over soon.
  const begun = [...jobs.values()].some((job) => isActive(job.phase));
  const later = now + (begun ? AGAIN : Math.min(Math.max(AGAIN, waited / 4), LONGEST));
  return new Date(Math.min(later, decision?.wakeAt?.getTime() ?? later));
}

function lastMove(run: Run, jobs: Iterable<Job>): number {
  const times = [...jobs].flatMap((job) => [job.dueAt, job.attemptAt, job.finishedAt]);
  return Math.max(...[run.createdAt, run.startAt, ...times].map((time) => (time === null ? 0 : Date.parse(time))));
}

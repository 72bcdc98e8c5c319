// A run whose cluster this process does not know, while other processes look after runs too: it is left to one that does. Processes may be
// started with different clusters, one by one, or be told of a new one a moment later than the others.
// Nothing is begun and nothing is judged here; cancels, pauses and clocks of what has not begun count as ever. A process that is alone
// leaves nothing to anybody: there the job fails, see execute.ts.

import { type Reason, reason } from "../../model/reasons/reason.ts";
import { isActive } from "../../model/run/phase.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { Decision } from "../deciding/advance.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import type { Driver } from "./driver.ts";

/** Before that, nobody is told: whoever knows the cluster mostly comes first. */
const PATIENCE = 10_000;
/**
 * All look once a second, each at its own moment, so that mostly another one takes it. Not guaranteed: of twenty runs at once that one of
 * three processes could drive, half began at once, and the last one 7 s later.
 */
const AGAIN = 1_000;
/** A cluster that nobody knows may leave many runs, which would go round without end. */
const LONGEST = 15_000;

/** Null: it is for us to drive. */
export async function elsewhere(
  { dispatch, clusters }: Dependencies<"clusters" | "dispatch">,
  { cluster }: Run,
): Promise<Reason | null> {
  if (!dispatch.shared || (await clusters.find(cluster)) !== undefined) return null;
  return reason("ClusterElsewhere", { cluster });
}

/** Nothing needs to be written yet. */
export function mayStaySilent({ dependencies, run, jobs }: Pick<Driver, "dependencies" | "run" | "jobs">): boolean {
  return run.cancelledBy === null && dependencies.clock.now().getTime() - lastMove(run, jobs.values()) < PATIENCE;
}

/** What runs on a cluster that we do not see, says so. */
export function tellElsewhere({
  elsewhere: why,
  jobs,
  attempts,
}: Pick<Driver, "jobs" | "elsewhere" | "attempts">): void {
  if (why === null) return;
  for (const { name, phase, reason: told, evidence } of jobs.values())
    if (isActive(phase) && JSON.stringify(told) !== JSON.stringify(why))
      attempts.reports.set(name, { reason: why, evidence, phase: phase === "pending" ? "pending" : "running" });
}

/** When it is handed out again. `decision`: what its clocks say. */
export function againLater(
  { dependencies, run, jobs }: Pick<Driver, "dependencies" | "run" | "jobs">,
  decision?: Decision,
): Date {
  const now = dependencies.clock.now().getTime();
  const waited = now - lastMove(run, jobs.values());
  // What had begun is being taken over from somebody, and that is to be soon.
  const begun = [...jobs.values()].some((job) => isActive(job.phase));
  const later = now + (begun ? AGAIN : Math.min(Math.max(AGAIN, waited / 4), LONGEST));
  return new Date(Math.min(later, decision?.wakeAt?.getTime() ?? later));
}

function lastMove(run: Run, jobs: Iterable<Job>): number {
  const times = [...jobs].flatMap((job) => [job.dueAt, job.attemptAt, job.finishedAt]);
  return Math.max(...[run.createdAt, run.startAt, ...times].map((time) => (time === null ? 0 : Date.parse(time))));
}

// What the engine hands to dispatch, and how each is called there. A run is a duty until it has ended.
import type { Run } from "../../model/run/run.ts";
import type { Duty, DutyTerms } from "../../ports/dispatch.ts";
import type { UnfinishedRun } from "../../ports/store.ts";
import type { Dependencies } from "./dependencies.ts";

const WEIGHT = { low: -1, normal: 0, high: 1 } as const satisfies Record<Run["priority"], number>;

export function runDuty(id: string): Duty {
  return `run/${id}`;
}

/**
 * A cancel ends the waiting of a run, whatever it waits for: for its time, or for a place among the runs of its project. It is then a group of
 * its own, so no limit of the project holds it back.
 */
export function runTerms({ id, project, priority, startAt, cancelledBy }: UnfinishedRun): DutyTerms {
  if (cancelledBy !== null) return { group: runDuty(id), priority: WEIGHT[priority] };
  return { group: project, priority: WEIGHT[priority], ...(startAt === null ? {} : { at: new Date(startAt) }) };
}

/** Somebody did something to the run: whoever drives it looks again, or it is driven. */
export async function wakeRun({ dispatch }: Dependencies<"dispatch">, run: UnfinishedRun): Promise<void> {
  const { at: _now, ...terms } = runTerms(run);
  await dispatch.wake(runDuty(run.id), terms);
}

/** The run as the store has it now: what was done to it decides how it is handed out. */
export async function wakeRunCalled(dependencies: Dependencies<"store" | "dispatch">, id: string): Promise<void> {
  const run = await dependencies.store.runs.get(id);
  if (run?.phase === "running") await wakeRun(dependencies, run);
}

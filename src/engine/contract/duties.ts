// The duty of a run: its name in dispatch, and the terms on which dispatch hands it out. A run is a duty until it has
// ended.
import type { Run } from "../../model/run/run.ts";
import type { Duty, DutyTerms } from "../../ports/dispatch.ts";
import type { UnfinishedRun } from "../../ports/runLists.ts";
import type { Dependencies } from "./dependencies.ts";

const WEIGHT = { low: -1, normal: 0, high: 1 } as const satisfies Record<Run["priority"], number>;

export function runDuty(id: string): Duty {
  return `run/${id}`;
}

/**
 * The terms of a run. A cancel ends the wait of a run that is not driven yet, whether for its time of start or for the
 * limit of its project: a cancelled run is a group of its own, so that no such limit holds it back.
 */
export function runTerms({ id, project, priority, startAt, cancelledBy }: UnfinishedRun): DutyTerms {
  if (cancelledBy !== null) return { group: runDuty(id), priority: WEIGHT[priority] };
  return { group: project, priority: WEIGHT[priority], ...(startAt === null ? {} : { at: new Date(startAt) }) };
}

/**
 * Reports to dispatch that something changed about the run. Its driver looks again; when it has none, a process takes
 * it.
 */
export async function wakeRun({ dispatch }: Dependencies<"dispatch">, run: UnfinishedRun): Promise<void> {
  const { at: _now, ...terms } = runTerms(run);
  await dispatch.wake(runDuty(run.id), terms);
}

/** Wakes the run with this id, unless it has ended. Reads it first, because its state decides the terms. */
export async function wakeRunCalled(dependencies: Dependencies<"store" | "dispatch">, id: string): Promise<void> {
  const run = await dependencies.store.runs.get(id);
  if (run?.phase === "running") await wakeRun(dependencies, run);
}

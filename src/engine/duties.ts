// What the engine hands to dispatch, and how each is called there. A run is a duty until it has ended.
import type { Run } from "../model/run.ts";
import type { Duty, Terms } from "../ports/dispatch.ts";
import type { UnfinishedRun } from "../ports/store.ts";
import type { World } from "./world.ts";

const WEIGHT = { low: -1, normal: 0, high: 1 } as const satisfies Record<Run["priority"], number>;

export function runDuty(id: string): Duty {
  return `run/${id}`;
}

export function runTerms({ project, priority, startAt }: UnfinishedRun): Terms {
  return { group: project, priority: WEIGHT[priority], ...(startAt === null ? {} : { at: new Date(startAt) }) };
}

/** Somebody did something to the run: whoever drives it looks again, or it is driven. */
export async function wakeRun({ dispatch }: Pick<World, "dispatch">, run: UnfinishedRun): Promise<void> {
  const { at: _now, ...terms } = runTerms(run);
  await dispatch.wake(runDuty(run.id), terms);
}

export async function wakeRunCalled(world: Pick<World, "dispatch" | "store">, id: string): Promise<void> {
  const run = await world.store.runs.get(id);
  if (run?.phase === "running") await wakeRun(world, run);
}

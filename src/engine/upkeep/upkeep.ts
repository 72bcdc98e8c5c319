// What one process at a time does for all, for as long as it is there: it watches for drift where documents ask for that, and hands out runs
// that nobody drives (whoever made them died before they could say so). Another process goes on when this one is gone.
import type { DriveOutcome, Lease } from "../../ports/dispatch.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import { runDuty, runTerms } from "../interface/duties.ts";
import { handOutSchedules } from "../schedules/schedules.ts";
import { watchForDrift } from "./afterRun.ts";
import type { RollbackDependencies } from "./rollbackOnFailure.ts";

export const UPKEEP = "engine/upkeep";

const LOOK = 15_000;

export async function keepUp(dependencies: RollbackDependencies, lease: Lease): Promise<DriveOutcome> {
  lease.rest();
  await Promise.all([
    untilAborted(dependencies, lease.signal, () => watchForDrift(dependencies, lease.signal)),
    ...(dependencies.dispatch.shared
      ? [untilAborted(dependencies, lease.signal, () => handOutForgotten(dependencies))]
      : []),
  ]);
  return { again: null };
}

export async function handOutForgotten(dependencies: Dependencies<"store" | "dispatch" | "clock">): Promise<void> {
  const { store, dispatch } = dependencies;
  await handOutSchedules(dependencies);
  const unfinished = await store.runs.unfinished();
  await dispatch.ensure(unfinished.map((run) => ({ duty: runDuty(run.id), terms: runTerms(run) })));
}

async function untilAborted(
  { clock, log }: Dependencies<"clock" | "log">,
  signal: AbortSignal,
  what: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await what();
    } catch (error) {
      if (!signal.aborted) log.write("error", "the upkeep failed; it is tried again", { error: String(error) });
    }
    await clock.sleep(LOOK, signal);
  }
}

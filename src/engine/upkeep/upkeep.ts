// The upkeep: a duty that one process at a time takes care of for all. It watches for drift (afterRun.ts), removes what
// ended runs still hold (endedRuns.ts), and hands unfinished runs to dispatch again, because a process may have died
// between creating a run and handing it out. When this process is gone, another one takes over.
import type { DriveOutcome, Lease } from "../../ports/dispatch.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { runDuty, runTerms } from "../contract/duties.ts";
import type { ReleaseDependencies } from "../driving/release.ts";
import { dispatchSchedules } from "../schedules/schedules.ts";
import { watchForDrift } from "./afterRun.ts";
import { keepReleasing } from "./endedRuns.ts";
import type { RollbackDependencies } from "./rollbackOnFailure.ts";

export const UPKEEP_DUTY = "engine/upkeep";

const PAUSE = 15_000;

export async function runUpkeep(
  dependencies: RollbackDependencies & ReleaseDependencies,
  lease: Lease,
): Promise<DriveOutcome> {
  lease.rest();
  await Promise.all([
    untilAborted(dependencies, lease.signal, () => watchForDrift(dependencies, lease.signal)),
    untilAborted(dependencies, lease.signal, () => keepReleasing(dependencies, lease.signal)),
    ...(dependencies.dispatch.shared
      ? [untilAborted(dependencies, lease.signal, () => dispatchUnfinished(dependencies))]
      : []),
  ]);
  return { again: null };
}

export async function dispatchUnfinished(dependencies: Dependencies<"store" | "dispatch" | "clock">): Promise<void> {
  const { store, dispatch } = dependencies;
  await dispatchSchedules(dependencies);
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
    await clock.sleep(PAUSE, signal);
  }
}

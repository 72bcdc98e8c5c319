// What one process at a time does for all, for as long as it is there: it watches for drift where documents ask for that, and hands out runs
// that nobody drives (whoever made them died before they could say so). Another process goes on when this one is gone.
import type { Lease, Outcome } from "../../ports/dispatch.ts";
import type { World } from "../interface/dependencies.ts";
import { runDuty, runTerms } from "../interface/duties.ts";
import { handOutSchedules } from "../schedules/schedules.ts";
import { watchForDrift } from "./afterRun.ts";

export const UPKEEP = "engine/upkeep";

const LOOK = 15_000;

export async function keepUp(world: World, lease: Lease): Promise<Outcome> {
  lease.rest();
  await Promise.all([
    untilAborted(world, lease.signal, () => watchForDrift(world, lease.signal)),
    ...(world.dispatch.shared ? [untilAborted(world, lease.signal, () => handOutForgotten(world))] : []),
  ]);
  return { again: null };
}

export async function handOutForgotten(world: World): Promise<void> {
  const { store, dispatch } = world;
  await handOutSchedules(world);
  const unfinished = await store.runs.unfinished();
  await dispatch.ensure(unfinished.map((run) => ({ duty: runDuty(run.id), terms: runTerms(run) })));
}

async function untilAborted(world: World, signal: AbortSignal, what: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      await what();
    } catch (error) {
      if (!signal.aborted) world.log.write("error", "the upkeep failed; it is tried again", { error: String(error) });
    }
    await world.clock.sleep(LOOK, signal);
  }
}

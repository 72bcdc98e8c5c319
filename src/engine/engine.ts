// The engine's switch: takes up what is unfinished, and stops without losing anything.
import { startAfterwards } from "./afterwards.ts";
import { driveRun } from "./drive.ts";
import { runDuty, runTerms } from "./duties.ts";
import type { World } from "./world.ts";

export interface Engine {
  /** Resolves when nothing is being driven any more. Unfinished runs stay unfinished; the next start takes them up. */
  stop(): Promise<void>;
}

export async function startEngine(world: World): Promise<Engine> {
  const stopping = new AbortController();
  const afterwards = startAfterwards(world, stopping.signal);
  await world.dispatch.start(async (duty, lease) => {
    const run = duty.slice(duty.indexOf("/") + 1);
    const outcome = await driveRun(world, run, lease);
    if (outcome === "done" && !lease.signal.aborted) await afterwards.runEnded(run, lease.signal);
    return outcome;
  });
  const unfinished = await world.store.runs.unfinished();
  await world.dispatch.ensure(unfinished.map((run) => ({ duty: runDuty(run.id), terms: runTerms(run) })));
  if (unfinished.length > 0)
    world.log.write("info", "unfinished runs are taken up again", { count: unfinished.length });
  return {
    stop: async () => {
      stopping.abort();
      await world.dispatch.stop();
    },
  };
}

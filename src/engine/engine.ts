// The engine's switch: takes up what is unfinished, and stops without losing anything.
import { startAfterwards } from "./afterwards.ts";
import { driveRun } from "./drive.ts";
import type { World } from "./world.ts";

export interface Engine {
  /** Resolves when nothing is being driven any more. Unfinished runs stay unfinished; the next start takes them up. */
  stop(): Promise<void>;
}

export async function startEngine(world: World): Promise<Engine> {
  const unfinished = await world.store.runs.unfinished();
  const stopping = new AbortController();
  const afterwards = startAfterwards(world, stopping.signal);
  await world.dispatch.start(async (run, lease) => {
    await driveRun(world, run, lease);
    if (!lease.signal.aborted) await afterwards.runEnded(run, lease.signal);
  });
  for (const run of unfinished) world.dispatch.wake(run);
  if (unfinished.length > 0)
    world.log.write("info", "unfinished runs are taken up again", { count: unfinished.length });
  return {
    stop: async () => {
      stopping.abort();
      await world.dispatch.stop();
    },
  };
}

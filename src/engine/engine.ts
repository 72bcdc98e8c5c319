// The engine's switch: takes up what is unfinished, and stops without losing anything.
import { driveRun } from "./drive.ts";
import type { World } from "./world.ts";

export interface Engine {
  /** Resolves when nothing is being driven any more. Unfinished runs stay unfinished; the next start takes them up. */
  stop(): Promise<void>;
}

export async function startEngine(world: World): Promise<Engine> {
  const unfinished = await world.store.runs.unfinished();
  await world.dispatch.start((run, lease) => driveRun(world, run, lease));
  for (const run of unfinished) world.dispatch.wake(run);
  if (unfinished.length > 0)
    world.log.write("info", "unfinished runs are taken up again", { count: unfinished.length });
  return { stop: () => world.dispatch.stop() };
}

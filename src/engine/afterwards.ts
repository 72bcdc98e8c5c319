// What the engine does by itself once a run has ended: rolls back where the document asks for it, and watches for drift where it asks for that.
// Nothing here may keep a run from ending: a failure is logged.

import { type Repairs, startRepairs } from "./repair.ts";
import { rollbackAfter } from "./rollbackOnFailure.ts";
import type { World } from "./world.ts";

/** A run that ended while nobody was there to act on it (the server was killed in that moment) is acted on at the next start, if that is soon. */
const RECENT = 10 * 60_000;
const PAGE = 200;

export interface Afterwards {
  runEnded(id: string, signal: AbortSignal): Promise<void>;
}

export function startAfterwards(world: World, signal: AbortSignal): Afterwards {
  const repairs = startRepairs(world, signal);
  const runEnded = async (id: string, lease: AbortSignal): Promise<void> => {
    try {
      const run = await world.store.runs.get(id);
      if (run === null || run.phase === "running") return;
      await repairs.reconsider(run);
      await rollbackAfter(world, run, lease);
    } catch (error) {
      if (!signal.aborted) world.log.write("error", "what follows a run failed", { run: id, error: String(error) });
    }
  };
  void lookAtAll(world, { signal, repairs, runEnded }).catch((error: unknown) => {
    if (!signal.aborted) world.log.write("error", "looking after all applications failed", { error: String(error) });
  });
  return { runEnded };
}

interface Looking {
  readonly signal: AbortSignal;
  readonly repairs: Repairs;
  readonly runEnded: Afterwards["runEnded"];
}

async function lookAtAll(world: World, { signal, repairs, runEnded }: Looking): Promise<void> {
  const since = world.clock.now().getTime() - RECENT;
  let after: string | undefined;
  do {
    const page = await world.store.applications.all({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const { project, name, lastRun } of page.items) {
      if (signal.aborted) return;
      const recent = lastRun?.finishedAt != null && Date.parse(lastRun.finishedAt) > since;
      if (lastRun !== null && recent && lastRun.phase !== "succeeded") await runEnded(lastRun.id, signal);
      else await repairs.reconsider({ project, application: name });
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
}

// What the engine does by itself after a run has ended: it rolls back (rollbackOnFailure.ts) and watches for drift
// (repair.ts), each only when the document asks for it. The run has already ended, so a failure here is only logged.

import { createNews } from "../../ports/news.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { type Repairs, startRepairs } from "./repair.ts";
import { type RollbackDependencies, rollbackAfter } from "./rollbackOnFailure.ts";

/**
 * Milliseconds. When the server was killed just after a run ended, the next start still does what follows from it, if
 * the run ended at most this long ago.
 */
const RECENT = 10 * 60_000;
const PAGE = 200;

/**
 * Called by the process that drove the run to its end. If that process dies meanwhile, the next process calls it again.
 */
export async function runEnded(dependencies: RollbackDependencies, id: string, signal: AbortSignal): Promise<void> {
  try {
    const run = await dependencies.store.runs.get(id);
    if (run !== null && run.phase !== "running") await rollbackAfter(dependencies, run, signal);
  } catch (error) {
    if (!signal.aborted)
      dependencies.log.write("error", "the work after the end of a run failed", { run: id, error: String(error) });
  }
}

/** Watches all applications whose documents ask for it, whichever process deployed them, until the signal aborts. */
export async function watchForDrift(dependencies: RollbackDependencies, signal: AbortSignal): Promise<void> {
  const repairs = startRepairs(dependencies, signal);
  // Read before looking at the applications, so that no run that ends meanwhile is missed.
  const seen = await dependencies.store.events.latest();
  await checkAll(dependencies, { signal, repairs });
  await followEnds(dependencies, { signal, repairs, seen });
}

interface ActiveRepairs {
  readonly signal: AbortSignal;
  readonly repairs: Repairs;
}

async function checkAll(dependencies: RollbackDependencies, { signal, repairs }: ActiveRepairs): Promise<void> {
  const since = dependencies.clock.now().getTime() - RECENT;
  let after: string | undefined;
  do {
    const page = await dependencies.store.applications.all({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const { project, name, lastRun } of page.items) {
      if (signal.aborted) return;
      const recent = lastRun?.finishedAt != null && Date.parse(lastRun.finishedAt) > since;
      if (lastRun !== null && recent && lastRun.phase !== "succeeded") await runEnded(dependencies, lastRun.id, signal);
      await repairs.reconsider({ project, application: name });
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
}

async function followEnds(
  { store }: Dependencies<"store">,
  { signal, repairs, seen: first }: ActiveRepairs & { readonly seen: number },
): Promise<void> {
  const commits = createNews((notify) => store.events.subscribe(notify));
  try {
    let seen = first;
    while (!signal.aborted) {
      const counted = commits.count();
      for (;;) {
        const ends = await store.events.runsEnded(seen, PAGE);
        for (const { sequence, project, application } of ends) {
          seen = sequence;
          if (application !== null && !signal.aborted) await repairs.reconsider({ project, application });
        }
        if (ends.length < PAGE) break;
      }
      await commits.after(counted, { signal });
    }
  } finally {
    commits.close();
  }
}

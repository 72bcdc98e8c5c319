// Pauses and resumes a run. A pause is a mark on the run: while it is there, no job starts and the clocks of the run
// stand still. Active jobs go on, so no work is lost. A cancel ends a pause. A run that is being cancelled cannot be
// paused, because its final steps have to end in time.
import { PlatformError } from "../../model/errors/errors.ts";
import type { Run } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { wakeRun } from "../contract/duties.ts";
import { eventOf } from "../driving/driver.ts";
import { knownRun } from "./cancel.ts";

export async function pauseRun(
  dependencies: Dependencies<"store" | "dispatch">,
  request: { readonly project: string; readonly run: string; readonly actor: string; readonly pause: boolean },
): Promise<Run> {
  const run = await knownRun(dependencies, request.project, request.run);
  if (run.phase !== "running") throw new PlatformError("RunAlreadyEnded", { run: run.id, phase: run.phase });
  if (run.cancelledBy !== null) throw new PlatformError("RunBeingCancelled", { run: run.id, actor: run.cancelledBy });
  const by = request.pause ? request.actor : null;
  const type = request.pause ? "run.paused" : "run.resumed";
  await dependencies.store.runs.pause(run.id, by, [eventOf(run, type, { actor: request.actor })]);
  await wakeRun(dependencies, run);
  return knownRun(dependencies, request.project, request.run);
}

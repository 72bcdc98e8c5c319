// Cancels a run. A cancel is a mark on the run: its driver is woken, starts no more jobs, and stops the active ones
// (driving/driveRun.ts). Nothing that was done is undone. Final steps still run, unless the user skips them as well,
// with the cancel or later. A cancel of a run that has ended removes what the run still holds on its cluster.

import { listed } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Run } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { wakeRunCalled } from "../contract/duties.ts";
import { eventOf } from "../driving/driver.ts";
import type { ReleaseDependencies } from "../driving/release.ts";
import { releaseEnded } from "./releaseEnded.ts";

/** For a run that has ended: the names of the objects that it still held. They are removed. Throws `ClusterError`. */
export async function cancelEnded(
  dependencies: ReleaseDependencies & Dependencies<"clusters">,
  run: Run,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const cluster = await dependencies.clusters.find(run.cluster);
  if (cluster === undefined) {
    const known = listed(dependencies.clusters.names());
    throw new PlatformError("ClusterNotKnownHere", { cluster: run.cluster, known });
  }
  const removed = await releaseEnded(dependencies, { run, cluster }, signal);
  if (removed.length === 0) throw new PlatformError("RunAlreadyEnded", { run: run.id, phase: run.phase });
  return removed;
}

export async function cancelRun(
  dependencies: Dependencies<"store" | "dispatch">,
  request: { readonly project: string; readonly run: string; readonly actor: string; readonly skipFinal?: boolean },
): Promise<Run> {
  const run = await knownRun(dependencies, request.project, request.run);
  if (run.phase !== "running") throw new PlatformError("RunAlreadyEnded", { run: run.id, phase: run.phase });
  await dependencies.store.runs.cancel(run.id, request.actor, [
    eventOf(run, "run.cancelling", { actor: request.actor }),
  ]);
  if (request.skipFinal === true)
    await dependencies.store.runs.skipFinal(run.id, request.actor, [
      eventOf(run, "run.cancelling", { actor: request.actor, finally: "skip" }),
    ]);
  await wakeRunCalled(dependencies, run.id);
  return knownRun(dependencies, request.project, request.run);
}

/** The run. Throws NotFound when it does not exist or belongs to another project. */
export async function knownRun({ store }: Dependencies<"store">, project: string, id: string): Promise<Run> {
  const run = await store.runs.get(id);
  if (run !== null && run.project === project) return run;
  const { items } = await store.runs.list({ project }, { limit: 5 });
  throw new PlatformError("NotFound", {
    what: "run",
    name: id,
    known: listed(items.map((one) => one.id)),
  });
}

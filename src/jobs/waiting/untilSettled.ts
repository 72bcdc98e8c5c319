// Waits until all applied objects are ready, or one of them has failed for good. It does not poll: the cluster sends
// each change (src/ports/followUntil.ts).

import type { JobRun } from "../../catalog/job.ts";
import { dig } from "../../model/data/json.ts";
import { type ObjectHealth, worst } from "../../model/kubernetes/health.ts";
import { refKey, refOf } from "../../model/kubernetes/manifest.ts";
import { isBeforeStart } from "../../model/run/jobEnding.ts";
import type { Applied } from "../../ports/cluster.ts";
import { followUntil } from "../../ports/followUntil.ts";
import { type OnNever, reportPlacement } from "./untilPlaced.ts";

/**
 * An object that the document pauses counts as done. For an object that a person paused by hand, the job keeps waiting.
 */
export function isDone(job: JobRun<unknown>, { state, ref }: ObjectHealth): boolean {
  if (state !== "suspended") return state === "ready";
  const wanted = job.objects.find(({ manifest }) => refKey(refOf(manifest)) === refKey(ref));
  return dig(wanted?.manifest, "spec", "paused") === true;
}

/** A Kubernetes Job that completed stays done: its time to live may remove it before the other objects are ready. */
function isOver(before: ObjectHealth | undefined): boolean {
  return before?.ref.kind === "Job" && before.state === "ready";
}

interface ReadinessWatch {
  /** Gets the worst health of all objects. `true` when the program has not started yet. */
  note(health: ObjectHealth): boolean;
  /** Called when its pods can never run. Without it, they wait. */
  readonly onNever?: OnNever;
}

/**
 * The health of the object that failed or was refused, or of all objects when all are ready. Empty when the signal
 * aborted.
 */
export async function untilSettled(
  job: JobRun<unknown>,
  applied: readonly Applied[],
  watching?: ReadinessWatch,
): Promise<readonly ObjectHealth[]> {
  if (applied.length === 0) return [];
  const placement = reportPlacement(
    job,
    job.objects.map(({ manifest }) => manifest),
    watching?.onNever,
  );
  const latest = new Map<string, ObjectHealth>();
  const decide = (health: ObjectHealth): readonly ObjectHealth[] | undefined => {
    if (isOver(latest.get(refKey(health.ref)))) return undefined;
    latest.set(refKey(health.ref), health);
    const all = [...latest.values()];
    const deciding = worst(all);
    if (deciding?.state === "failed" || deciding?.state === "rejected") return [deciding];
    if (latest.size === applied.length && all.every((one) => isDone(job, one))) return all;
    if (deciding === undefined || deciding.state === "ready") return undefined;
    // A blocked object has not started yet. If its time runs out, the job has expired, not failed.
    const pending = watching?.note(deciding) ?? (deciding.state === "blocked" && isBeforeStart(deciding.reason.code));
    placement.report(deciding, pending ? "pending" : "running");
    return undefined;
  };
  const decided = await followUntil(job.cluster, { objects: applied, signal: job.signal, decide }).finally(() =>
    placement.stop(),
  );
  return decided ?? [];
}

// Waits until applied objects are all ready, or one of them never will be. Never polls: the cluster tells.

import type { JobRun } from "../../catalog/job.ts";
import { dig } from "../../model/data/json.ts";
import { type ObjectHealth, worst } from "../../model/kubernetes/health.ts";
import { refKey, refOf } from "../../model/kubernetes/manifest.ts";
import { isBeforeStart } from "../../model/run/jobEnding.ts";
import type { Applied } from "../../ports/cluster.ts";
import { followUntil } from "../../ports/followUntil.ts";
import { tellOfPlaces } from "./untilPlaced.ts";

/** What the document itself pauses will not go on by waiting. What somebody paused by hand is not what was asked for: it is waited for. */
export function isDone(job: JobRun<unknown>, { state, ref }: ObjectHealth): boolean {
  if (state !== "suspended") return state === "ready";
  const wanted = job.objects.find(({ manifest }) => refKey(refOf(manifest)) === refKey(ref));
  return dig(wanted?.manifest, "spec", "paused") === true;
}

/** A Job that was seen complete stays so: it may be removed, by its own time to live, before the others are ready. */
function isOver(before: ObjectHealth | undefined): boolean {
  return before?.ref.kind === "Job" && before.state === "ready";
}

interface ReadinessWatch {
  /** Of everything together: the gravest that is not ready. True: the program has not begun. */
  note(health: ObjectHealth): boolean;
}

/** The health that decided: of the one object that failed or was refused, or every object's when all are ready. Empty when the signal aborted. */
export async function untilSettled(
  job: JobRun<unknown>,
  applied: readonly Applied[],
  watching?: ReadinessWatch,
): Promise<readonly ObjectHealth[]> {
  if (applied.length === 0) return [];
  const places = tellOfPlaces(
    job,
    job.objects.map(({ manifest }) => manifest),
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
    // What others hold back has not begun: when its time is up it has waited for too long, and has not failed.
    const pending = watching?.note(deciding) ?? (deciding.state === "blocked" && isBeforeStart(deciding.reason.code));
    places.tell(deciding, pending ? "pending" : "running");
    return undefined;
  };
  const decided = await followUntil(job.cluster, { objects: applied, signal: job.signal, decide }).finally(() =>
    places.stop(),
  );
  return decided ?? [];
}

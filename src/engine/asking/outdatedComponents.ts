// Components of which the newest run did not bring the newest revision, or not wholly: it was stopped, refused or skipped before. What
// the cluster holds of them is an older version, however well that version is.

import { type Reason, reason } from "../../model/reasons/reason.ts";
import { isSettled, isUndone, PHASES } from "../../model/run/phase.ts";
import type { Revision } from "../../model/run/revision.ts";
import type { Job } from "../../model/run/run.ts";
import { isLeftOut } from "../deciding/rootJob.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import type { ApplicationKey } from "../interface/requests.ts";
import { changesBetween } from "../starting/revisions.ts";
import { type Decided, decisionOn, type Looking, type Past, versionThere } from "./pastRuns.ts";

export interface Behind {
  /** Those of the run that was to bring the component. */
  readonly jobs: readonly Job[];
  /** The version that still runs; 0: it is not known any more. */
  readonly revision: number;
  /** The newest revision to which an update began without coming to its end; null: none began. */
  readonly begun: number | null;
}

/** By component. Those that are as the newest revision wants them are not among them, whatever became of its run. */
export async function behindVersions(
  dependencies: Dependencies<"store">,
  place: ApplicationKey,
  { revision, lastRun, past }: Looking,
): Promise<ReadonlyMap<string, Behind>> {
  const behind = new Map<string, Behind>();
  for (const { name } of revision.document.components) {
    if (!revision.plan.jobs.some((job) => job.component === name)) continue;
    const decided = await decisionOn(name, { lastRun, past });
    if (decided === null || !wasStopped(decided.jobs)) continue;
    const found = await behindOf(name, decided, past);
    if (found.begun === null && (await isSame(dependencies, { place, revision, older: found.revision }, name)))
      continue;
    behind.set(name, found);
  }
  return behind;
}

function wasStopped(jobs: readonly Job[]): boolean {
  return jobs.every((job) => isSettled(job.phase)) && jobs.some((job) => isUndone(job.phase) && !isLeftOut(job));
}

async function behindOf(name: string, { run, jobs }: Decided, past: Past): Promise<Behind> {
  const before = await versionThere(name, run, past);
  return { ...before, begun: jobs.some((job) => job.attempt > 0) ? run.revision : before.begun, jobs };
}

interface Older {
  readonly place: ApplicationKey;
  readonly revision: Revision;
  readonly older: number;
}

/** The newest revision changes nothing of the component: the older version of it is the newest one as well. */
async function isSame(
  { store }: Dependencies<"store">,
  { place, revision, older }: Older,
  name: string,
): Promise<boolean> {
  if (older === revision.number) return true;
  const before = older === 0 ? null : await store.applications.revision(place.project, place.application, older);
  if (before === null) return false;
  return changesBetween(before, revision).every((change) => change.component !== name);
}

/** Why the job stands as it does, and which version runs instead. */
export function withVersion(why: Reason, { revision, begun, jobs }: Behind): Reason {
  // What was tried and went wrong is about the new version itself, and the pods of the one before are counted beside it.
  if (revision === 0 || (begun !== null && jobs.some((job) => PHASES[job.phase].ending === "bad"))) return why;
  if (begun === null) return reason("OlderRuns", { revision }, why);
  return begun === revision ? reason("AgainBegun", { revision }, why) : reason("OlderMayRun", { revision, begun }, why);
}

const VERSIONS: ReadonlySet<string> = new Set(["OlderRuns", "OlderMayRun", "AgainBegun"]);

/** The reason of the job, without the version. */
export function withoutVersion(why: Reason): Reason {
  return VERSIONS.has(why.code) && why.cause !== undefined ? why.cause : why;
}

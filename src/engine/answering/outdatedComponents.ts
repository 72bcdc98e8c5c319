// Finds the components that the newest run did not bring to the newest revision, or not completely, because it was
// stopped, refused or skipped before. Their objects on the cluster are of an older version, however healthy that
// version is.

import { type Reason, reason } from "../../model/reasons/reason.ts";
import { isSettled, isUndone, PHASES } from "../../model/run/phase.ts";
import type { Revision } from "../../model/run/revision.ts";
import type { Job } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ApplicationKey } from "../contract/requests.ts";
import { isLeftOut } from "../deciding/rootJob.ts";
import { changesBetween } from "../starting/revisions.ts";
import { type Decided, decisionOn, type Past, type RunHistory, versionThere } from "./pastRuns.ts";

export interface OutdatedComponent {
  /** The jobs of the component in the run that was to deploy it. */
  readonly jobs: readonly Job[];
  /** The revision that still runs. 0 when it is not known any more. */
  readonly revision: number;
  /** The newest revision to which an update began and did not complete. `null` when none began. */
  readonly begun: number | null;
}

/**
 * The outdated components, by name. Components that are as the newest revision asks are not included, however its run
 * ended.
 */
export async function outdatedVersions(
  dependencies: Dependencies<"store">,
  key: ApplicationKey,
  { revision, lastRun, past }: RunHistory,
): Promise<ReadonlyMap<string, OutdatedComponent>> {
  const outdated = new Map<string, OutdatedComponent>();
  for (const { name } of revision.document.components) {
    if (!revision.plan.jobs.some((job) => job.component === name)) continue;
    const decided = await decisionOn(name, { lastRun, past });
    if (decided === null || !wasStopped(decided.jobs)) continue;
    const found = await outdatedComponent(name, decided, past);
    if (found.begun === null && (await isSame(dependencies, { key, revision, older: found.revision }, name))) continue;
    outdated.set(name, found);
  }
  return outdated;
}

function wasStopped(jobs: readonly Job[]): boolean {
  return jobs.every((job) => isSettled(job.phase)) && jobs.some((job) => isUndone(job.phase) && !isLeftOut(job));
}

async function outdatedComponent(name: string, { run, jobs }: Decided, past: Past): Promise<OutdatedComponent> {
  const before = await versionThere(name, run, past);
  return { ...before, begun: jobs.some((job) => job.attempt > 0) ? run.revision : before.begun, jobs };
}

interface Older {
  readonly key: ApplicationKey;
  readonly revision: Revision;
  readonly older: number;
}

/**
 * Whether the newest revision changes nothing about the component, so that the older version is the newest one as well.
 */
async function isSame(
  { store }: Dependencies<"store">,
  { key, revision, older }: Older,
  name: string,
): Promise<boolean> {
  if (older === revision.number) return true;
  const before = older === 0 ? null : await store.applications.revision(key.project, key.application, older);
  if (before === null) return false;
  return changesBetween(before, revision).every((change) => change.component !== name);
}

/** The reason of the job, with the version that runs instead. */
export function withVersion(why: Reason, { revision, begun, jobs }: OutdatedComponent): Reason {
  // When the update was tried and failed, the reason is about the new version, and the pods of the older one are
  // counted separately.
  if (revision === 0 || (begun !== null && jobs.some((job) => PHASES[job.phase].ending === "bad"))) return why;
  if (begun === null) return reason("OlderRuns", { revision }, why);
  return begun === revision ? reason("AgainBegun", { revision }, why) : reason("OlderMayRun", { revision, begun }, why);
}

const VERSIONS: ReadonlySet<string> = new Set(["OlderRuns", "OlderMayRun", "AgainBegun"]);

/** The reason of the job without the version that `withVersion` added. */
export function withoutVersion(why: Reason): Reason {
  return VERSIONS.has(why.code) && why.cause !== undefined ? why.cause : why;
}

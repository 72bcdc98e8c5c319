// Components that the newest run left out because their condition did not hold: wanted not there, or wanted as they were. Decided by the jobs
// of runs; what is on the cluster says nothing about what was wanted.
import type { Health } from "../model/health.ts";
import { reason } from "../model/reason.ts";
import type { Revision } from "../model/revision.ts";
import type { Run } from "../model/run.ts";
import { printCondition } from "../plan/workflow/printCondition.ts";
import type { Place, RunNow } from "./requests.ts";
import { isLeftOut } from "./roots.ts";
import type { World } from "./world.ts";

export interface LeftOut extends Pick<Health, "reason" | "evidence"> {
  /** An older version of it is there, and stays as it is. */
  readonly isThere: boolean;
}

interface Known {
  readonly revision: Revision;
  readonly lastRun: RunNow | null;
}

/** By component. */
export async function leftVersions(
  world: World,
  place: Place,
  { revision, lastRun }: Known,
): Promise<ReadonlyMap<string, LeftOut>> {
  const left = new Map<string, LeftOut>();
  const there = new Set(
    (await world.store.inventory.list(place.project, place.application))
      .filter((one) => one.uid !== null)
      .map((one) => one.component),
  );
  for (const { name } of revision.document.components) {
    const own = (lastRun?.jobs ?? []).filter((job) => job.plan.component === name);
    const planned = revision.plan.jobs.filter((job) => job.component === name);
    if (planned.length === 0 || own.some((job) => !isLeftOut(job))) continue;
    const printed = planned.flatMap((job) => (job.condition === undefined ? [] : [printCondition(job.condition)]))[0];
    if (printed === undefined) continue;
    const condition = own[0]?.reason.params["condition"] ?? printed;
    const brought = there.has(name);
    if (brought && own.length === 0) continue;
    const version =
      brought && lastRun !== null ? await versionThere(world, { ...place, before: lastRun.run, name }) : 0;
    const why =
      version === 0 || lastRun === null
        ? reason("ConditionFalse", { condition })
        : reason("LeftOut", { condition, run: lastRun.run.number, revision: version });
    left.set(name, { reason: why, evidence: [], isThere: brought });
  }
  return left;
}

/** So many runs are looked through. */
const PAST = 50;

/** The revision of the last run that brought the component; 0: it is not known any more. */
async function versionThere(
  world: World,
  { project, application, before, name }: Place & { readonly before: Run; readonly name: string },
): Promise<number> {
  const { items } = await world.store.runs.list({ project, application }, { limit: PAST });
  for (const run of items) {
    if (run.number >= before.number || run.kind !== "deploy") continue;
    const jobs = (await world.store.runs.jobs(run.id)).filter((job) => job.plan.component === name);
    if (jobs.some((job) => job.attempt > 0)) return run.revision;
  }
  return 0;
}

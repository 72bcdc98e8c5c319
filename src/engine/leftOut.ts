// Components that the newest run left out because their condition did not hold: wanted not there, or wanted as they were. Decided by the jobs
// of runs; what is on the cluster says nothing about what was wanted.
import type { Health } from "../model/health.ts";
import { reason } from "../model/reason.ts";
import type { Revision } from "../model/revision.ts";
import type { Job, Run } from "../model/run.ts";
import { printCondition } from "../plan/workflow/printCondition.ts";
import { REPAIR_ACTOR } from "./automatic.ts";
import type { Place, RunNow } from "./requests.ts";
import { isLeftOut } from "./roots.ts";
import type { World } from "./world.ts";

export interface LeftOut extends Pick<Health, "reason" | "evidence"> {
  /** An older version of it is there, and stays as it is. */
  readonly isThere: boolean;
  /** Those that were left out. The newest run has none where it is a repair. */
  readonly jobs: readonly Job[];
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
  const past = pastOf(world, place);
  for (const { name } of revision.document.components) {
    const planned = revision.plan.jobs.filter((job) => job.component === name);
    const printed = planned.flatMap((job) => (job.condition === undefined ? [] : [printCondition(job.condition)]))[0];
    if (printed === undefined) continue;
    const decided = await decisionOn(name, { lastRun, past });
    if (decided?.jobs.some((job) => !isLeftOut(job)) === true) continue;
    const brought = there.has(name);
    if (brought && decided === null) continue;
    const condition = decided?.jobs[0]?.reason.params["condition"] ?? printed;
    const version = brought && decided !== null ? await versionThere(name, decided.run, past) : 0;
    const why =
      version === 0 || decided === null
        ? reason("ConditionFalse", { condition })
        : reason("LeftOut", { condition, run: decided.run.number, revision: version });
    left.set(name, { reason: why, evidence: [], isThere: brought, jobs: decided?.jobs ?? [] });
  }
  return left;
}

interface Decided {
  readonly run: Run;
  /** Those of the component. */
  readonly jobs: readonly Job[];
}

/**
 * The last run that was to bring the component. A repair has no jobs of what was left out before it, and neither has a retry of a repair:
 * then what an earlier run of that revision decided still holds. Null: that is not known any more.
 */
async function decisionOn(
  name: string,
  { lastRun, past }: { readonly lastRun: RunNow | null; readonly past: Past },
): Promise<Decided | null> {
  if (lastRun === null) return null;
  const { run } = lastRun;
  const jobs = ofComponent(name, lastRun.jobs);
  if (jobs.length > 0 || run.kind !== "deploy") return { run, jobs };
  for await (const one of past.runs()) {
    if (one.revision < run.revision) return null;
    if (one.number >= run.number || one.revision !== run.revision || one.actor === REPAIR_ACTOR) continue;
    const own = ofComponent(name, await past.jobs(one));
    if (own.length > 0) return { run: one, jobs: own };
  }
  return null;
}

/** The revision of the last run that brought the component; 0: it is not known any more. */
async function versionThere(name: string, before: Run, past: Past): Promise<number> {
  let looked = 0;
  for await (const run of past.runs()) {
    if (run.number >= before.number) continue;
    if ((looked += 1) > PAST) return 0;
    if (ofComponent(name, await past.jobs(run)).some((job) => job.attempt > 0)) return run.revision;
  }
  return 0;
}

function ofComponent(name: string, jobs: readonly Job[]): readonly Job[] {
  return jobs.filter((job) => job.plan.component === name);
}

/** The jobs of so many runs are looked through. */
const PAST = 50;
/** So many runs are looked at: where something drifts for days, most of them are repairs. */
const PAGES = 20;

/** Deploys of the application, newest first; what was read once is kept. */
interface Past {
  runs(): AsyncIterable<Run>;
  jobs(run: Run): Promise<readonly Job[]>;
}

function pastOf({ store }: World, { project, application }: Place): Past {
  const pages: { readonly items: readonly Run[]; readonly next: string | null }[] = [];
  const known = new Map<string, Promise<readonly Job[]>>();
  return {
    async *runs() {
      for (let index = 0; index < PAGES; index += 1) {
        const after = pages[index - 1]?.next;
        if (after === null) return;
        const page =
          pages[index] ??
          (await store.runs.list({ project, application }, { limit: PAST, ...(after === undefined ? {} : { after }) }));
        pages[index] = page;
        yield* page.items.filter((run) => run.kind === "deploy");
      }
    },
    jobs(run) {
      const jobs = known.get(run.id) ?? store.runs.jobs(run.id);
      known.set(run.id, jobs);
      return jobs;
    },
  };
}

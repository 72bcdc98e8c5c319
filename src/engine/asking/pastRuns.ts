// What the runs of an application decided about one of its components, newest first: by their jobs alone, the cluster is not asked.
import type { Revision } from "../../model/run/revision.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import type { ApplicationKey, RunNow } from "../interface/requests.ts";
import { REPAIR_ACTOR } from "../starting/automatic.ts";

export interface Decided {
  readonly run: Run;
  /** Those of the component. */
  readonly jobs: readonly Job[];
}

/**
 * The last run that was to bring the component. A repair has no jobs of what was left out before it, and neither has a retry of a repair:
 * then what an earlier run of that revision decided still holds. Null: that is not known any more.
 */
export async function decisionOn(
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

/** What earlier runs brought of a component. */
interface VersionThere {
  /** Of the last run that brought all of it; 0: it is not known any more. */
  readonly revision: number;
  /** Of the newest run after that one which began to bring it and did not come to its end; null: there is none. */
  readonly begun: number | null;
}

export async function versionThere(name: string, before: Run, past: Past): Promise<VersionThere> {
  let looked = 0;
  let begun: number | null = null;
  for await (const run of past.runs()) {
    if (run.number >= before.number) continue;
    if ((looked += 1) > PAST) break;
    const own = ofComponent(name, await past.jobs(run));
    if (own.length > 0 && own.every((job) => job.phase === "succeeded")) return { revision: run.revision, begun };
    if (own.some((job) => job.attempt > 0)) begun ??= run.revision;
  }
  return { revision: 0, begun };
}

function ofComponent(name: string, jobs: readonly Job[]): readonly Job[] {
  return jobs.filter((job) => job.plan.component === name);
}

/** The jobs of so many runs are looked through. */
const PAST = 50;
/** So many runs are looked at: where something drifts for days, most of them are repairs. */
const PAGES = 20;

/** Deploys of the application, newest first; what was read once is kept. */
export interface Past {
  runs(): AsyncIterable<Run>;
  jobs(run: Run): Promise<readonly Job[]>;
}

/** What is asked about the past: by which revision, and how its newest run stands. */
export interface Looking {
  readonly revision: Revision;
  readonly lastRun: RunNow | null;
  readonly past: Past;
}

export function pastOf({ store }: Dependencies<"store">, { project, application }: ApplicationKey): Past {
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

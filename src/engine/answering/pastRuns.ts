// Reads from the runs of an application, newest first, what they decided about one component. Only their jobs count;
// the cluster is not asked.
import type { Revision } from "../../model/run/revision.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ApplicationKey, RunNow } from "../contract/requests.ts";
import { REPAIR_ACTOR } from "../starting/automatic.ts";

export interface Decided {
  readonly run: Run;
  /** The jobs of the component. */
  readonly jobs: readonly Job[];
}

/**
 * The last run that was to deploy the component. A repair has no jobs for components that were left out before it, and
 * a retry of a repair has none either; then the decision of an earlier run of the same revision still counts. `null`
 * when the store no longer has that run.
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

/** The version of a component that earlier runs deployed. */
interface VersionThere {
  /** The revision of the last run that deployed the component completely. 0 when it is not known any more. */
  readonly revision: number;
  /** The revision of the newest later run that began to deploy it and did not complete. `null` when there is none. */
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

/** The most runs whose jobs are read, and the size of a page. */
const PAST = 50;
/** The most pages of runs that are read. When an application drifts for days, most of its runs are repairs. */
const PAGES = 20;

/** The deploy runs of the application, newest first. Runs and jobs are read from the store once and kept in memory. */
export interface Past {
  runs(): AsyncIterable<Run>;
  jobs(run: Run): Promise<readonly Job[]>;
}

/** The newest revision and run of an application, together with its past runs. */
export interface RunHistory {
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

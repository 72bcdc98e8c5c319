// Removes what an attempt that ended without success still holds on the cluster, by the function `release` of its job
// type. Normally execute.ts calls it before the ending is stored, so that nothing is held at the moment when the end is
// shown. When that was not possible (the process died, the cluster did not answer), `releaseRun` does it later.
import type { JobDefinition } from "../../catalog/define.ts";
import type { JobRun } from "../../catalog/job.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { Cluster } from "../../ports/cluster.ts";
import { createNews } from "../../ports/news.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { NOTHING_HIDDEN } from "../secrets/masking.ts";
import type { Attempt } from "./attempt.ts";
import { scopeOf } from "./attemptScope.ts";
import { runTimeOf } from "./runClock.ts";

/** Milliseconds that the removal may take. A single pod already has 30 s to end. */
const LIMIT = 60_000;

/** A job type together with the context that its functions are called with. */
export interface TypeCall {
  readonly definition: JobDefinition;
  readonly context: JobRun<unknown>;
}

/** Never throws: what it could not remove is removed later (src/engine/upkeep/endedRuns.ts). */
export async function releaseType(
  { clock, log }: Dependencies<"clock" | "log">,
  attempt: Pick<Attempt, "run" | "job" | "lost"> & { readonly mask: Pick<Attempt["mask"], "text"> },
  { definition, context }: TypeCall,
): Promise<void> {
  const stopping = new AbortController();
  const work = definition.release?.({ ...context, signal: stopping.signal }).catch((error: unknown) => {
    log.write("warn", "what a job holds could not be removed from the cluster; it is tried again later", {
      job: attempt.job.name,
      run: attempt.run.id,
      error: attempt.mask.text(String(error)),
    });
  });
  await Promise.race([work, clock.sleep(LIMIT, AbortSignal.any([attempt.lost, stopping.signal]))]);
  stopping.abort();
}

export type ReleaseDependencies = Dependencies<
  "store" | "vault" | "clock" | "outgoing" | "publicUrl" | "jobTypes" | "log"
>;

export interface EndedRun {
  readonly run: Run;
  readonly jobs: readonly Job[];
  readonly cluster: Cluster;
}

/** Releases all attempts of jobs of the run that began and did not succeed. */
export async function releaseRun(
  dependencies: ReleaseDependencies,
  { run, jobs, cluster }: EndedRun,
  signal: AbortSignal,
): Promise<void> {
  for (const job of jobs) {
    const definition = dependencies.jobTypes.find(run.project, job.plan.type, job.plan.typeVersion);
    if (definition?.release === undefined || job.attempt === 0 || job.phase === "succeeded") continue;
    for (let attempt = job.attempt; attempt >= 1 && !signal.aborted; attempt--) {
      const one = { run, job: { ...job, attempt }, mask: NOTHING_HIDDEN, lost: signal };
      await releaseType(dependencies, one, { definition, context: contextOf(dependencies, one, cluster) });
    }
  }
}

type EndedAttempt = Pick<Attempt, "run" | "job"> & { readonly mask: typeof NOTHING_HIDDEN };

function contextOf(
  dependencies: ReleaseDependencies,
  { run, job, mask }: EndedAttempt,
  cluster: Cluster,
): JobRun<unknown> {
  const runTime = runTimeOf(dependencies.clock, { list: () => run.pauses, news: createNews() });
  return {
    ...scopeOf(dependencies, { run, job, mask, input: job.plan.input, locks: [], runTime }),
    cluster,
    signal: AbortSignal.abort(), // releaseType sets its own
    report: () => {},
    conceal: () => {},
    park: () => {},
    messages: async function* () {},
  };
}

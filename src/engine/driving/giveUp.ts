// Ends a run whose drivers died one after the other, because the run may be what kills them. Its jobs end as
// `interrupted`. What they still hold on the cluster is removed before, as at every other end, if the cluster answers in
// time; otherwise src/engine/upkeep/endedRuns.ts removes it. The user deploys or retries the run once the cause is
// known. Dispatch counts the drivers that vanished.

import { reason } from "../../model/reasons/reason.ts";
import { isActive, isSettled } from "../../model/run/phase.ts";
import type { Job } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { changedEvent, eventOf } from "./driver.ts";
import { type EndedRun, type ReleaseDependencies, releaseRun } from "./release.ts";

/** Milliseconds that the removal may take in all. */
const LIMIT = 30_000;

export async function giveUpRun(
  dependencies: ReleaseDependencies & Dependencies<"clusters">,
  id: string,
): Promise<void> {
  const { store, clock } = dependencies;
  const fence = await store.runs.takeFence(id);
  const run = fence === null ? null : await store.runs.get(id);
  if (fence === null || run === null) return;
  const jobs = await store.runs.jobs(id);
  const cluster = await dependencies.clusters.find(run.cluster);
  if (cluster !== undefined) await releaseInTime(dependencies, { run, jobs, cluster });
  const at = clock.now().toISOString();
  const why = reason("DriversLost");
  const ended = (job: Job): Job => ({ ...job, phase: "interrupted", reason: why, notBefore: null, finishedAt: at });
  const open = jobs.filter((job) => !isSettled(job.phase));
  await store.runs.change({
    run: id,
    fence,
    jobs: open.map((job) => ({ job: ended(job), from: { phase: job.phase, attempt: job.attempt } })),
    events: [
      ...open.map((job) => changedEvent(run, ended(job))),
      eventOf(run, "run.finished", { phase: "interrupted" }),
    ],
    finish: { phase: "interrupted", at },
  });
}

/** Releases the attempts that were under way when the drivers died. */
async function releaseInTime(dependencies: ReleaseDependencies, { jobs, ...ended }: EndedRun): Promise<void> {
  const limit = new AbortController();
  const active = jobs.filter((job) => isActive(job.phase));
  const work = releaseRun(dependencies, { ...ended, jobs: active }, limit.signal);
  await Promise.race([work, dependencies.clock.sleep(LIMIT, limit.signal)]);
  limit.abort();
}

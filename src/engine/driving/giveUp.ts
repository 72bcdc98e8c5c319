// Ends a run whose drivers died one after the other, because the run may be what kills them. Its jobs end as
// `interrupted`, and their objects stay on the cluster. The user deploys or retries it once the cause is known.
// Dispatch counts the drivers that vanished.

import { reason } from "../../model/reasons/reason.ts";
import { isSettled } from "../../model/run/phase.ts";
import type { Job } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { changedEvent, eventOf } from "./driver.ts";

export async function giveUpRun({ store, clock }: Dependencies<"store" | "clock">, id: string): Promise<void> {
  const fence = await store.runs.takeFence(id);
  const run = fence === null ? null : await store.runs.get(id);
  if (fence === null || run === null) return;
  const at = clock.now().toISOString();
  const why = reason("DriversLost");
  const ended = (job: Job): Job => ({ ...job, phase: "interrupted", reason: why, notBefore: null, finishedAt: at });
  const open = (await store.runs.jobs(id)).filter((job) => !isSettled(job.phase));
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

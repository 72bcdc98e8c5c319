// Runs a task to completion, once per content: the Job's name is made from what it runs and what that reads, so a changed task is
// another Job and an unchanged one is never run again. Its log is kept, because pods do not stay.
import { z } from "zod";
import { endingOf } from "../../model/ending.ts";
import { worst } from "../../model/health.ts";
import { type Manifest, refOf } from "../../model/manifest.ts";
import { reason } from "../../model/reason.ts";
import { type Applied, ClusterError } from "../../ports/cluster.ts";
import { defineJob } from "../define.ts";
import type { JobOutcome, JobRun } from "../job.ts";
import { applyObjects } from "./deploy.ts";
import { patiently, refusal } from "./patience.ts";
import { untilSettled } from "./settled.ts";
import { ATTEMPT, keepLog, marked } from "./taskLog.ts";

const taskInput = z.looseObject({ content: z.string() });
type TaskRun = JobRun<z.output<typeof taskInput>>;

export const task = defineJob({
  name: "task",
  summary: { en: "Runs to completion, once per content", zh: "运行至结束，相同内容只执行一次" },
  input: taskInput,
  timeout: 30 * 60_000,
  async run(job) {
    const done = await job.completions.get(job.input.content);
    if (done !== null) return { phase: "succeeded", reason: reason("AlreadyDone"), output: done };
    try {
      return await runToCompletion(job);
    } catch (error) {
      if (error instanceof ClusterError) return refusal(error);
      throw error;
    }
  },
  async cancel(job) {
    for (const owned of await job.inventory.list()) {
      if (owned.component !== job.component || owned.kind !== "Job" || owned.uid === null) continue;
      if (!job.objects.some((object) => object.manifest.metadata.name === owned.name)) continue;
      job.report(reason("Removing", { object: `Job/${owned.name}` }));
      await job.cluster.remove(owned, { signal: job.signal, uid: owned.uid });
    }
  },
});

async function runToCompletion(job: TaskRun): Promise<JobOutcome> {
  const mark = `${job.run}/${job.attempt}`;
  const main = job.objects.find((object) => object.manifest.kind === "Job");
  if (main === undefined) throw new Error("a task's plan holds no Job");
  const existing = await patiently(job, () => job.cluster.read(refOf(main.manifest), job.signal));
  const adopted = existing === null ? null : await adopt(job, existing, mark);
  const applied = await applyObjects({
    ...job,
    objects: job.objects.flatMap((object) =>
      object !== main ? [object] : adopted ? [] : [{ ...object, manifest: marked(object.manifest, mark) }],
    ),
  });
  job.report(reason("TaskRunning"));
  const health = await untilSettled(job, adopted ? [...applied, adopted] : applied);
  const log = job.signal.aborted ? [] : await keepLog(job, main.manifest.metadata.name);
  const bad = worst(health);
  if (bad === undefined || bad.state !== "ready") {
    const why = bad?.reason ?? reason("TaskRunning");
    return {
      phase: bad === undefined ? "failed" : endingOf(bad.state, bad.reason.code),
      reason: why,
      evidence: bad?.evidence ?? [],
      retryable: true,
    };
  }
  const output = { lines: log.length };
  await job.completions.put(job.input.content, output);
  return { phase: "succeeded", reason: reason("Completed"), output };
}

/** A Job of that name is there already: ours to follow, or the failed leftover of an earlier attempt, which makes way. */
async function adopt(job: TaskRun, existing: Manifest, mark: string): Promise<Applied | null> {
  const ref = refOf(existing);
  const uid = existing.metadata.uid ?? "";
  const [health] = await patiently(job, () => job.cluster.health([ref], job.signal));
  const leftover =
    existing.metadata.annotations?.[ATTEMPT] !== mark && (health?.state === "failed" || health?.state === "rejected");
  const dying = existing.metadata.deletionTimestamp !== undefined;
  if (!leftover && !dying) return { ref, uid, generation: existing.metadata.generation ?? 1, action: "unchanged" };
  job.report(reason("Removing", { object: `Job/${ref.name}` }));
  await patiently(job, () => job.cluster.remove(ref, { signal: job.signal, uid }));
  return null;
}

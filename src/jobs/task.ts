// The job type `task`: it runs a program to its end, once per content. The name of the Kubernetes Job comes from what
// it runs and the configuration that it reads. So a changed task is another Job, and an unchanged task is not run again
// unless `always` is true. The log is stored, because the pods are removed later.
import { z } from "zod";
import { defineJob } from "../catalog/define.ts";
import type { JobOutcome, JobRun } from "../catalog/job.ts";
import type { JsonObject } from "../model/data/json.ts";
import type { PodGroup } from "../model/kubernetes/capacity.ts";
import { type ObjectHealth, worst } from "../model/kubernetes/health.ts";
import { ANNOTATIONS, type Manifest, refOf, shortRef } from "../model/kubernetes/manifest.ts";
import { podGroupsOf } from "../model/kubernetes/podGroups.ts";
import { reason } from "../model/reasons/reason.ts";
import { completionOf, readCompletion } from "../model/run/completion.ts";
import { endingOf } from "../model/run/jobEnding.ts";
import { type Applied, ClusterError } from "../ports/cluster.ts";
import { applyObjects } from "./deploy.ts";
import { marked, markedIfNew, markOf } from "./pods/attemptMark.ts";
import { adoptOwn, findOwn, releaseOwn } from "./pods/ownJob.ts";
import { clockOutcome, neverOutcome, startClocks } from "./pods/startClocks.ts";
import { keepLog, readTaskLog } from "./pods/taskLog.ts";
import { refusal, withRetries } from "./waiting/retryCluster.ts";
import type { OnNever } from "./waiting/untilPlaced.ts";
import { releaseRoom, untilRoom } from "./waiting/untilRoom.ts";
import { untilSettled } from "./waiting/untilSettled.ts";

const taskInput = z.looseObject({ content: z.string(), always: z.boolean().default(false) });
type TaskRun = JobRun<z.output<typeof taskInput>>;

export const task = defineJob({
  name: "task",
  summary: { en: "Runs to completion, once per content", zh: "运行至结束，相同内容只执行一次" },
  input: taskInput,
  timeout: 30 * 60_000,
  async run(job) {
    const done = job.input.always ? null : await job.completions.get(job.input.content);
    if (done !== null) return doneBefore(done);
    try {
      return await runToCompletion(job);
    } catch (error) {
      if (error instanceof ClusterError) return refusal(error);
      throw error;
    } finally {
      releaseRoom(job);
    }
  },
  release: releaseOwn,
});

function doneBefore(kept: JsonObject): JobOutcome {
  const { output, run } = readCompletion(kept);
  return {
    phase: "succeeded",
    reason: run === undefined ? reason("AlreadyDone") : reason("AlreadyDoneIn", { run }),
    output,
  };
}

async function runToCompletion(job: TaskRun): Promise<JobOutcome> {
  const main = job.objects.find((object) => object.manifest.kind === "Job");
  if (main === undefined) throw new Error("the plan of a task has no Job");
  const existing = await findOwn(job, main.manifest);
  const adopted = existing === null || (await madeWay(job, existing)) ? null : await adoptOwn(job, main, existing);
  const around = job.objects.filter((object) => object !== main);
  const others = await applyObjects({ ...job, objects: await markedIfNew(job, around) });
  if (adopted === null) {
    const refused = await untilRoom(job, podGroupsOf(main.manifest));
    if (refused !== null) return refused;
  }
  const own =
    adopted === null
      ? await applyObjects({ ...job, objects: [{ ...main, manifest: marked(job, main.manifest) }] })
      : [adopted];
  job.report(reason("Starting", { object: shortRef(refOf(main.manifest)) }), [], "pending");
  const { health, outcome } = await untilDone(job, [...others, ...own], podGroupsOf(main.manifest));
  if (outcome !== undefined) return outcome;
  const log = job.signal.aborted ? [] : await readTaskLog(job, main.manifest.metadata.name);
  await keepLog(job, log);
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
  await job.completions.put(job.input.content, completionOf(output, job.runNumber));
  return { phase: "succeeded", reason: reason("Completed"), output };
}

/**
 * `outcome` is set when a clock ended the wait, or when the pods can never run. The default limits apply only to several pods: pods that run already
 * occupy devices while the others wait. A single pod may wait until the clock for the whole job ends it.
 */
async function untilDone(
  job: TaskRun,
  applied: readonly Applied[],
  pods: readonly PodGroup[],
): Promise<{ readonly health: readonly ObjectHealth[]; readonly outcome: JobOutcome | undefined }> {
  const ended = new AbortController();
  let outcome: JobOutcome | undefined;
  const usual = pods.some(({ count }) => count > 1);
  const endAs = (given: JobOutcome): void => {
    outcome = given;
    ended.abort();
  };
  const clocks = startClocks(job, (why, evidence) => endAs(clockOutcome(why, evidence)), usual);
  const onNever: OnNever = (why, evidence) => endAs(neverOutcome(why, evidence));
  const signal = AbortSignal.any([job.signal, ended.signal]);
  const health = await untilSettled({ ...job, signal }, applied, { ...clocks, onNever });
  clocks.stop();
  return { health, outcome };
}

/**
 * Removes an existing Job of another attempt that failed or that runs each time, and a Job that is already being
 * deleted. `false` when the Job is kept and has to be followed.
 */
async function madeWay(job: TaskRun, existing: Manifest): Promise<boolean> {
  const ref = refOf(existing);
  const [health] = await withRetries(job, () => job.cluster.health([ref], job.signal));
  const over = job.input.always || health?.state === "failed" || health?.state === "rejected";
  const leftover = existing.metadata.annotations?.[ANNOTATIONS.attempt] !== markOf(job) && over;
  if (!leftover && existing.metadata.deletionTimestamp === undefined) return false;
  job.report(reason("Removing", { object: `Job/${ref.name}` }));
  const uid = existing.metadata.uid ?? "";
  await withRetries(job, () => job.cluster.remove(ref, { signal: job.signal, uid }));
  return true;
}

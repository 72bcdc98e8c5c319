// Follows a run from what the user sees to the root cause: the job that failed by itself, or what the run waits for.
// Pure. A run whose jobs all succeeded or were left out by their conditions has no cause; every other run has one.

import type { Evidence } from "../../model/kubernetes/health.ts";
import { reason } from "../../model/reasons/reason.ts";
import { isActive, isFailure, isSettled } from "../../model/run/phase.ts";
import type { Job } from "../../model/run/run.ts";
import { isStateOfJobs, onlyWaits } from "../../model/run/runState.ts";
import type { CauseLink, RunNow } from "../contract/requests.ts";
import { isLeftOut } from "../deciding/rootJob.ts";
import { urgent } from "./runStatus.ts";

/** Describes the job at the root of a chain. For a component, its status says more than its job (asking/why.ts). */
export type ExplainJob = (job: Job) => readonly CauseLink[];

export const ownReason: ExplainJob = (job) => [
  { subject: job.name, reason: job.reason, evidence: [...job.evidence, ...earlierEvidence(job)] },
];

/** How the earlier attempts of the job ended. A job between two attempts names the last of them in its own reason. */
export function earlierEvidence({ name, phase, earlier }: Job): readonly Evidence[] {
  const told = phase === "queued" ? earlier.slice(0, -1) : earlier;
  return told.map(({ attempt, at, reason: cause }) => ({
    source: "decision",
    object: name,
    text: "",
    reason: reason("AttemptEnded", { attempt, at }, cause),
  }));
}

/** The name of the run in a sentence. */
export function subjectOf({ run }: RunNow): string {
  return run.application ?? run.workflow;
}

/** Why the run has not succeeded, or not yet. Empty when it has. */
export function causeOfRun(now: RunNow, explain: ExplainJob): readonly CauseLink[] {
  const { run, jobs, status } = now;
  const failed = firstEnded(jobs.filter((job) => isFailure(job.phase)));
  if (failed !== undefined) return explain(failed);
  if (run.phase === "running") return causeOfWaiting(now, explain);
  const stopped = firstEnded(jobs.filter((job) => !isLeftOut(job) && job.phase !== "succeeded"));
  if (stopped !== undefined) return causeOfJob(stopped, now, explain);
  if (run.phase === "succeeded") return [];
  const why = status.reason ?? reason("RunEnded", { run: run.number, phase: run.phase });
  return [{ subject: subjectOf(now), reason: why, evidence: [] }];
}

/**
 * The cause of the run as a whole comes before that of a job: a job that waits for a person does not matter while the
 * run is paused.
 */
function causeOfWaiting(now: RunNow, explain: ExplainJob): readonly CauseLink[] {
  const { jobs, status } = now;
  const open = jobs.filter((job) => !isSettled(job.phase));
  const waiting = open.filter(onlyWaits);
  const active = open.filter((job) => isActive(job.phase));
  const why = isStateOfJobs(status.state) ? null : status.reason;
  const whole: readonly CauseLink[] = why === null ? [] : [{ subject: subjectOf(now), reason: why, evidence: [] }];
  // The jobs that still run explain why the cancel is not complete.
  if (status.state === "cancelling") return [...whole, ...active.slice(0, 1).flatMap(explain)];
  if (why !== null) return whole;
  const first = urgent(waiting) ?? active[0];
  if (first !== undefined) return explain(first);
  const next = open[0];
  return next === undefined
    ? [{ subject: subjectOf(now), reason: reason("Beginning"), evidence: [] }]
    : causeOfJob(next, now, explain);
}

/** Why a job is in its phase: the job itself, then the job with which the trouble began. */
export function causeOfJob(job: Job, now: RunNow, explain: ExplainJob): readonly CauseLink[] {
  const root = rootOf(job, now.jobs);
  if (root === job) return explain(job);
  const code = isSettled(job.phase) ? "DependencyFailed" : "Dependencies";
  const why = reason(code, { component: root.name, components: root.name });
  return [{ subject: job.name, reason: why, evidence: [] }, ...explain(root)];
}

/** The first job of the chain, found by following each job that only results from another one. */
function rootOf(job: Job, jobs: readonly Job[], seen: ReadonlySet<Job> = new Set()): Job {
  const next = seen.has(job) ? undefined : followsFrom(job, jobs);
  return next === undefined ? job : rootOf(next, jobs, new Set([...seen, job]));
}

function followsFrom(job: Job, jobs: readonly Job[]): Job | undefined {
  if (job.phase === "skipped" && job.reason.code === "DependencyFailed") {
    const named = jobs.find((one) => one.name === job.reason.params["component"]);
    return (
      named ?? neededBy(job, jobs).find((one) => isSettled(one.phase) && one.phase !== "succeeded" && !isLeftOut(one))
    );
  }
  if (job.phase !== "waiting") return undefined;
  const before = job.plan.final === true ? jobs.filter((one) => one.plan.final !== true) : [];
  const open = [...neededBy(job, jobs), ...before].filter((one) => !isSettled(one.phase));
  // A job that has begun explains more than a job that waits itself.
  return urgent(open.filter(onlyWaits)) ?? open.find((one) => one.phase !== "waiting") ?? open[0];
}

function neededBy(job: Job, jobs: readonly Job[]): readonly Job[] {
  return job.plan.needs.flatMap((need) => jobs.find((one) => one.name === need.job) ?? []);
}

/** The job that ended first, because later bad endings may result from it. */
function firstEnded(jobs: readonly Job[]): Job | undefined {
  return jobs.toSorted((a, b) => Date.parse(a.finishedAt ?? "9999") - Date.parse(b.finishedAt ?? "9999"))[0];
}

// What is true at the end of every run, whatever its document was and whatever was done to it. Each function returns
// sentences about what is wrong; none when everything is right.
import { unmetCondition } from "../../../src/engine/deciding/bindings.ts";
import { contextOf } from "../../../src/engine/deciding/context.ts";
import { isSettled } from "../../../src/model/run/phase.ts";
import type { Job } from "../../../src/model/run/run.ts";
import type { Ended } from "./play.ts";

export function untruths(ended: Ended): readonly string[] {
  return [...conditionsThatDisagree(ended), ...finalsTooEarly(ended), ...startedTooEarly(ended), ...unsettled(ended)];
}

/** Each condition is evaluated again when all steps have ended. The result must agree with whether the job ran. */
function conditionsThatDisagree({ run, jobs }: Ended): readonly string[] {
  return jobs.flatMap((job) => {
    if (!isSettled(job.phase)) return [];
    const unmet = unmetCondition(job, contextOf(run, jobs, job)) !== null;
    const skipped = job.phase === "skipped" && job.reason.code === "ConditionFalse";
    if (skipped && !unmet) return [`${job.name} was skipped, and its condition holds`];
    return job.attempt > 0 && unmet ? [`${job.name} has run, and its condition does not hold`] : [];
  });
}

function finalsTooEarly({ jobs }: Ended): readonly string[] {
  const others = jobs.filter((job) => job.plan.final !== true);
  return jobs
    .filter((job) => job.plan.final === true && job.startedAt !== null)
    .flatMap((final) =>
      others
        .filter((other) => isSettled(other.phase) && other.finishedAt !== null && isAfter(other.finishedAt, final))
        .map((other) => `${final.name} has begun before ${other.name} ended`),
    );
}

function isAfter(finishedAt: string, { startedAt }: Job): boolean {
  return startedAt !== null && Date.parse(finishedAt) > Date.parse(startedAt);
}

function startedTooEarly({ jobs }: Ended): readonly string[] {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  return jobs.flatMap((job) =>
    job.plan.needs.flatMap((need) => {
      const other = byName.get(need.job);
      if (other === undefined || job.startedAt === null) return [];
      const ended = other.finishedAt !== null && !isAfter(other.finishedAt, job);
      const succeeded = other.phase === "succeeded" || other.phase === "skipped";
      return ended && (need.on === "end" || succeeded) ? [] : [`${job.name} has begun, and needs ${other.name}`];
    }),
  );
}

/** A run that has not ended must have an active job, a job that is held back, or a moment at which it continues. */
function unsettled({ run, jobs }: Ended): readonly string[] {
  const open = jobs.filter((job) => !isSettled(job.phase));
  if (run.phase !== "running") return open.map((job) => `${job.name} is ${job.phase}, and the run has ended`);
  if (run.pausedBy !== null || (run.startAt !== null && run.cancelledBy === null)) return [];
  const alive = open.some((job) => job.phase !== "waiting");
  return alive ? [] : ["the run has not ended, and nothing of it is active or held back"];
}

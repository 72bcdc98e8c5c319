// The format of plans in the database: a job or a change without a component has the component "" there, in the rows of
// all versions.
import { readName, writtenName } from "../../model/kubernetes/name.ts";
import type { ObjectChange, Plan, PlannedJob } from "../../model/run/plan.ts";

type Written<T> = Omit<T, "component"> & { readonly component: string };

export type WrittenJob = Written<PlannedJob>;
export type WrittenPlan = Omit<Plan, "jobs" | "changes"> & {
  readonly jobs: readonly WrittenJob[];
  readonly changes: readonly Written<ObjectChange>[];
};

export function writtenJob(job: PlannedJob): WrittenJob {
  return { ...job, component: writtenName(job.component) };
}

export function readJob(job: WrittenJob): PlannedJob {
  return { ...job, component: readName(job.component) };
}

export function writtenPlan({ jobs, changes, ...plan }: Plan): WrittenPlan {
  const written = changes.map((change) => ({ ...change, component: writtenName(change.component) }));
  return { ...plan, jobs: jobs.map(writtenJob), changes: written };
}

export function readPlan({ jobs, changes, ...plan }: WrittenPlan): Plan {
  const read = changes.map((change) => ({ ...change, component: readName(change.component) }));
  return { ...plan, jobs: jobs.map(readJob), changes: read };
}

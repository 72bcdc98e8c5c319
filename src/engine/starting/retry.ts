// Starts a new run for the same work as an earlier one. A retry from the beginning runs all jobs again; those whose
// objects are already as planned end immediately. In a retry from a job, jobs that succeeded and do not come after that
// job count as done.
import { PlatformError } from "../../model/errors/errors.ts";
import { nearest, writtenName } from "../../model/kubernetes/name.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { type ApplicationKey, applicationKeyOf, type WriteConditions } from "../contract/requests.ts";
import { knownRun } from "../steering/cancel.ts";
import { type BeginDependencies, createRun, earlierRun } from "./createRun.ts";
import { knownApplication } from "./deleteApplication.ts";
import { conditionsOf } from "./deploy.ts";

export async function retryRun(
  dependencies: BeginDependencies,
  request: { readonly project: string; readonly run: string; readonly from?: string } & WriteConditions,
): Promise<Run> {
  const before = await earlierRun(dependencies, request.project, request);
  if (before !== null) return before;
  const old = await knownRun(dependencies, request.project, request.run);
  if (old.phase === "running")
    throw new PlatformError("RunInProgress", { run: old.id, application: writtenName(old.application) });
  const key = applicationKeyOf(old);
  const seenRevision = key === null ? 0 : await sameRevision(dependencies, old, key);
  const jobs = await dependencies.store.runs.jobs(old.id);
  return createRun(dependencies, {
    ...conditionsOf(request),
    project: old.project,
    application: old.application,
    workflow: old.workflow,
    inputs: old.inputs,
    kind: old.kind,
    revision: old.revision,
    seenRevision,
    cluster: old.cluster,
    namespace: old.namespace,
    message: `retry of run ${old.number}`,
    jobs: jobs.map((job) => job.plan),
    done: request.from === undefined ? [] : doneBefore(jobs, request.from),
  });
}

/** The newest revision of the application. Throws Conflict when the run was for another one. */
async function sameRevision(dependencies: Dependencies<"store">, old: Run, key: ApplicationKey): Promise<number> {
  const current = await knownApplication(dependencies, key);
  if (current.revision === old.revision) return current.revision;
  const { id: run, revision } = old;
  const code = old.kind === "deploy" ? "RevisionPassed" : "DeletionPassed";
  throw new PlatformError(code, { run, application: key.application, revision, current: current.revision });
}

/** The jobs that count as done in a retry from `from`, which is a job, or a step with all its jobs. */
function doneBefore(jobs: readonly Job[], from: string): readonly Job[] {
  const chosen = jobs.filter((job) => job.name === from || job.plan.step?.path.includes(from) === true);
  if (chosen.length === 0) {
    const names = [...new Set(jobs.flatMap((job) => [job.name, ...(job.plan.step?.path ?? [])]))];
    throw new PlatformError("NotFound", { what: "step", name: from, known: nearest(from, names) ?? names.join(", ") });
  }
  const again = new Set(chosen.map((job) => job.name));
  // Final jobs come after all others, so they run again.
  if (chosen.some((job) => job.plan.final !== true))
    for (const job of jobs) if (job.plan.final === true) again.add(job.name);
  for (let size = 0; size !== again.size; ) {
    size = again.size;
    for (const job of jobs) if (job.plan.needs.some((need) => again.has(need.job))) again.add(job.name);
  }
  return jobs.filter((job) => job.phase === "succeeded" && !again.has(job.name));
}

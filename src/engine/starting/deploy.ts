// Starts a deploy: turns a document into a revision and a run. When the document is the same as that of the newest
// revision, the run is one of that revision: it checks the objects and writes only what differs.
import { canonicalJson } from "../../model/data/json.ts";
import type { Plan, PlannedJob } from "../../model/run/plan.ts";
import type { Revision } from "../../model/run/revision.ts";
import type { Priority, Run } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { DocumentRequest, WriteConditions } from "../contract/requests.ts";
import { adoptObjects } from "../planning/adoption.ts";
import { type Planning, type PlanningDependencies, planDocument } from "../planning/planning.ts";
import { type BeginDependencies, createRun, earlierRun, expectRevision } from "./createRun.ts";

export type DeployDependencies = PlanningDependencies & BeginDependencies;

export async function startDeployRun(
  dependencies: DeployDependencies,
  request: DocumentRequest & WriteConditions & { readonly message: string; readonly priority?: Priority },
  signal: AbortSignal,
): Promise<Run> {
  const before = await earlierRun(dependencies, request.project, request);
  if (before !== null) return before;
  const planning = await planDocument(dependencies, request, signal);
  const seenRevision = planning.current?.revision ?? 0;
  expectRevision(planning.document.name, seenRevision, request.expectedRevision);
  const newRevision = await revisionFor(dependencies, request, planning);
  return createRun(dependencies, {
    ...conditionsOf(request),
    project: request.project,
    application: planning.document.name,
    kind: "deploy",
    revision: newRevision?.number ?? seenRevision,
    seenRevision,
    cluster: planning.plan.cluster,
    namespace: planning.plan.namespace,
    message: request.message,
    ...(request.priority === undefined ? {} : { priority: request.priority }),
    inputs: planning.inputs,
    jobs: jobsFor(request, planning.plan),
    ...(newRevision === null ? {} : { newRevision }),
  });
}

function jobsFor(request: DocumentRequest, plan: Plan): readonly PlannedJob[] {
  const jobs = request.force === true ? plan.jobs.map(forced) : plan.jobs;
  return adoptObjects(jobs, plan);
}

/** The job with `force`, for this run only: the stored plan of a revision never forces. */
export function forced(job: PlannedJob): PlannedJob {
  return { ...job, input: { ...job.input, force: true } };
}

export function conditionsOf(request: WriteConditions): WriteConditions {
  const { actor, expectedRevision, idempotency } = request;
  return {
    actor,
    ...(expectedRevision === undefined ? {} : { expectedRevision }),
    ...(idempotency === undefined ? {} : { idempotency }),
  };
}

/** The new revision. `null` when the newest revision has the same document and the same rendered objects. */
async function revisionFor(
  { store, clock }: Dependencies<"store" | "clock">,
  request: WriteConditions & { readonly project: string; readonly message: string },
  planning: Planning,
): Promise<Revision | null> {
  const { current, document, plan } = planning;
  if (current !== null) {
    const newest = await store.applications.revision(request.project, document.name, current.revision);
    if (newest !== null && canonicalJson(newest.document) === canonicalJson(document) && sameObjects(newest, planning))
      return null;
  }
  return {
    project: request.project,
    application: document.name,
    number: await store.applications.nextRevisionNumber(request.project, document.name),
    document,
    plan,
    cluster: plan.cluster,
    namespace: plan.namespace,
    actor: request.actor,
    message: request.message,
    createdAt: clock.now().toISOString(),
  };
}

function sameObjects(newest: Revision, { plan }: Planning): boolean {
  // Objects without a component, such as a namespace that a request asked for, do not come from the document.
  const objects = (jobs: typeof plan.jobs): string =>
    canonicalJson(jobs.filter((job) => job.component !== null).flatMap((job) => job.objects));
  return objects(newest.plan.jobs) === objects(plan.jobs);
}

// Creates a run: writes the revision, the run, its jobs and its first event in one transaction, then hands the run to
// dispatch.

import type { JsonObject } from "../../model/data/json.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import type { PlannedJob } from "../../model/run/plan.ts";
import type { Revision } from "../../model/run/revision.ts";
import type { Job, Priority, Run, RunKind } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { runDuty, runTerms, wakeRun } from "../contract/duties.ts";
import type { WriteConditions } from "../contract/requests.ts";
import { eventOf } from "../driving/driver.ts";
import { refuseForeignProject } from "../planning/chooseCluster.ts";

export interface NewRunRequest extends WriteConditions {
  readonly project: string;
  /** `null` for a run of no application. */
  readonly application: string | null;
  readonly kind: RunKind;
  readonly revision: number;
  /** The newest revision when the request was planned. 0 when the application is new. */
  readonly seenRevision: number;
  readonly cluster: string;
  readonly namespace: string;
  readonly message: string;
  readonly jobs: readonly PlannedJob[];
  /** Jobs of an earlier run that count as done already, for a retry from a later job. */
  readonly done?: readonly Job[];
  readonly newRevision?: Revision;
  /** The name of a run of no application. */
  readonly workflow?: string;
  readonly inputs?: JsonObject;
  readonly priority?: Priority;
  readonly startAt?: string;
}

/**
 * The run that an earlier request with the same idempotency key created. `null` when there was none. Throws
 * IdempotencyMismatch.
 */
export async function earlierRun(
  dependencies: Dependencies<"store" | "dispatch">,
  project: string,
  conditions: WriteConditions,
): Promise<Run | null> {
  if (conditions.idempotency === undefined) return null;
  const record = await dependencies.store.runs.idempotent(project, conditions.idempotency.key);
  if (record === null) return null;
  if (record.request !== conditions.idempotency.request) throw new PlatformError("IdempotencyMismatch");
  const run = await dependencies.store.runs.get(record.run);
  // The process that created the run may have died before it handed the run to dispatch.
  if (run?.phase === "running") await wakeRun(dependencies, run);
  return run;
}

/** Throws StaleEtag unless the newest revision is the one that the caller saw. */
export function expectRevision(application: string, actual: number, expected: number | "any" | undefined): void {
  if (expected === undefined || expected === actual || (expected === "any" && actual > 0)) return;
  throw new PlatformError("StaleEtag", {
    name: application,
    actual: `revision ${actual}`,
    expected: expected === "any" ? "*" : `revision ${expected}`,
  });
}

export type BeginDependencies = Dependencies<"store" | "clusters" | "dispatch" | "clock" | "newId">;

export async function createRun(dependencies: BeginDependencies, request: NewRunRequest): Promise<Run> {
  const { project, application } = request;
  // An application can always be deleted, also when its project may no longer use the cluster.
  if (request.kind !== "delete") refuseForeignProject(dependencies, project, request.cluster);
  const run: Run = {
    id: dependencies.newId(),
    project,
    application,
    workflow: request.workflow ?? "",
    number: application === null ? 0 : await dependencies.store.runs.nextRunNumber(project, application),
    revision: request.revision,
    kind: request.kind,
    cluster: request.cluster,
    namespace: request.namespace,
    phase: "running",
    actor: request.actor,
    message: request.message,
    createdAt: dependencies.clock.now().toISOString(),
    finishedAt: null,
    cancelledBy: null,
    pausedBy: null,
    pauses: [],
    finalSkippedBy: null,
    inputs: request.inputs ?? {},
    priority: request.priority ?? "normal",
    startAt: request.startAt ?? null,
  };
  const done = new Map((request.done ?? []).map((job) => [job.name, job]));
  const jobs = request.jobs.map((plan) => newJob(run, plan, done.get(plan.name)));
  const events = [
    eventOf(run, "run.created", {
      number: run.number,
      kind: run.kind,
      revision: run.revision,
      jobs: jobs.length,
      ...(run.startAt === null ? {} : { startAt: run.startAt }),
    }),
  ];
  const { idempotency } = request;
  const created = await dependencies.store.runs.create({
    run,
    jobs,
    events,
    expectedRevision: request.seenRevision,
    ...(request.newRevision === undefined ? {} : { revision: request.newRevision }),
    ...(idempotency === undefined ? {} : { idempotency: { project, run: run.id, ...idempotency } }),
  });
  if (!created.ok) return afterConflict(dependencies, request, created);
  await dependencies.dispatch.wake(runDuty(run.id), runTerms(run));
  return { ...run, number: created.number };
}

/**
 * The job before anything is decided about it. `done` is the same job of an earlier run, when it already succeeded
 * there.
 */
export function newJob(run: Run, plan: PlannedJob, done: Job | undefined): Job {
  if (done !== undefined) return { ...done, run: run.id, plan };
  return {
    run: run.id,
    name: plan.name,
    plan,
    phase: "waiting",
    reason: firstReason(plan),
    evidence: [],
    attempt: 0,
    interruptions: 0,
    earlier: [],
    dueAt: null,
    attemptAt: null,
    pendingAt: null,
    notBefore: null,
    startedAt: null,
    finishedAt: null,
    output: {},
  };
}

function firstReason({ needs, final }: PlannedJob): Reason {
  if (needs.length > 0) return reason("Dependencies", { components: needs.map((need) => need.job).join(", ") });
  return reason(final === true ? "AfterAll" : "Beginning");
}

/**
 * Another request was faster, perhaps the same request, sent twice: then its run is returned. Otherwise throws the
 * error for the caller.
 */
async function afterConflict(
  dependencies: Dependencies<"store" | "dispatch">,
  request: NewRunRequest,
  conflict: { readonly conflict: "revision" | "run"; readonly actual: string },
): Promise<Run> {
  const { project, application } = request;
  const twin = await earlierRun(dependencies, project, request);
  if (twin !== null) return twin;
  if (conflict.conflict === "run")
    throw new PlatformError("RunInProgress", { run: conflict.actual, application: writtenName(application) });
  // Without If-Match, the error names the run that is in progress, not a stale revision.
  const winner =
    application === null ? null : (await dependencies.store.applications.get(project, application))?.lastRun;
  if (request.expectedRevision === undefined && winner?.phase === "running")
    throw new PlatformError("RunInProgress", { run: winner.id, application: writtenName(application) });
  throw new PlatformError("StaleEtag", {
    name: writtenName(application),
    actual: `revision ${conflict.actual}`,
    expected: `revision ${request.seenRevision}`,
  });
}

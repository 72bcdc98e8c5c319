// Turns runs, their jobs and log lines into views of the API.

import type { z } from "zod";
import type { JobView, RunSummary, RunView } from "../../api/views.ts";
import { runStatusOf, shownJobs, statusesByRun } from "../../engine/answering/runStatus.ts";
import type { Dependencies } from "../../engine/contract/dependencies.ts";
import type { RepeatedJob, RunStatus } from "../../engine/contract/requests.ts";
import type { Language } from "../../model/data/text.ts";
import { maskText } from "../../model/document/sealed.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { adviceFor } from "../../model/run/advice.ts";
import { isActive, isFailure } from "../../model/run/phase.ts";
import type { EarlierAttempt, Job, Run } from "../../model/run/run.ts";
import { printCondition } from "../../plan/workflow/conditions/printCondition.ts";
import { lockText } from "../../plan/workflow/expand/describe.ts";
import type { Frozen } from "../shared/contract.ts";
import { maskObject } from "./mask.ts";
import { evidenceView, reasonView } from "./reason.ts";

/** The kind of a cluster; "unknown" when the cluster is no longer registered. */
export function clusterKind(
  { clusters }: Dependencies<"clusters">,
  name: string,
): "kubernetes" | "sandbox" | "unknown" {
  return clusters.get(name)?.kind ?? "unknown";
}

function runSummary(
  dependencies: Dependencies<"clusters">,
  run: Run,
  { status, language }: Shown,
): Frozen<z.output<typeof RunSummary>> {
  return {
    id: run.id,
    application: writtenName(run.application),
    workflow: run.workflow,
    number: run.number,
    revision: run.revision,
    kind: run.kind,
    cluster: run.cluster,
    clusterKind: clusterKind(dependencies, run.cluster),
    namespace: run.namespace,
    phase: run.phase,
    state: status.state,
    ...(status.reason === null ? {} : { reason: reasonView(status.reason, language) }),
    ...repeatedView(status.repeated, language),
    actor: run.actor,
    message: run.message,
    createdAt: run.createdAt,
    finishedAt: run.finishedAt,
    pausedBy: run.pausedBy,
    priority: run.priority,
    startAt: run.startAt,
    cancelledBy: run.cancelledBy,
  };
}

interface Shown {
  readonly status: RunStatus;
  readonly language: Language;
}

export async function runSummaries(
  dependencies: Dependencies<"store" | "clusters" | "dispatch" | "clock">,
  runs: readonly Run[],
  language: Language,
) {
  const statuses = await statusesByRun(dependencies, runs);
  return await Promise.all(
    runs.map(async (run) =>
      runSummary(dependencies, run, {
        status: statuses.get(run.id) ?? (await runStatusOf(dependencies, run)),
        language,
      }),
    ),
  );
}

/**
 * Reads the number of the newest event before the run: a client that follows events from there may see a change twice,
 * but misses none.
 */
export async function runView(
  dependencies: Dependencies<"store" | "clusters" | "dispatch" | "clock">,
  id: string,
  language: Language,
): Promise<Frozen<z.output<typeof RunView>>> {
  const lastEvent = await dependencies.store.events.latest();
  const [run, jobs] = await Promise.all([dependencies.store.runs.get(id), dependencies.store.runs.jobs(id)]);
  if (run === null) throw new Error(`run ${id} vanished while it was read`);
  const status = await runStatusOf(dependencies, run);
  return {
    ...runSummary(dependencies, run, { status, language }),
    jobs: shownJobs(jobs, status).map((job) => jobView(job, language)),
    inputs: maskObject(run.inputs),
    lastEvent,
  };
}

/** An object with the field `repeated`, or an empty one when no job was tried again. */
export function repeatedView(repeated: RepeatedJob | null, language: Language) {
  return repeated === null ? {} : { repeated: { ...repeated, before: earlierView(repeated.before, language) } };
}

function earlierView({ attempt, at, reason }: EarlierAttempt, language: Language) {
  return { attempt, at, reason: reasonView(reason, language) };
}

function jobView(job: Job, language: Language): Frozen<z.output<typeof JobView>> {
  const advice = isFailure(job.phase) ? adviceFor(job.phase, job.reason) : undefined;
  return {
    name: job.name,
    type: job.plan.type,
    component: writtenName(job.plan.component),
    ...(job.plan.step === undefined ? {} : { step: [...job.plan.step.path] }),
    needs: job.plan.needs.map((need) => need.job),
    phase: job.phase,
    reason: reasonView(job.reason, language),
    ...(advice === undefined ? {} : { advice: advice[language] }),
    evidence: evidenceView(job.evidence, language),
    attempt: job.attempt,
    attempts: job.plan.retry.attempts,
    interruptions: job.interruptions,
    earlier: job.earlier.map((one) => earlierView(one, language)),
    activeSince: isActive(job.phase) ? (job.pendingAt ?? job.attemptAt) : null,
    startedAt: job.startedAt,
    finishedAt: job.finishedAt,
    output: maskObject(job.output),
    dueAt: job.dueAt,
    final: job.plan.final === true,
    ...(job.plan.condition === undefined ? {} : { condition: printCondition(job.plan.condition) }),
    ...(job.plan.locks === undefined ? {} : { locks: job.plan.locks.map(lockText) }),
  };
}

export function logLine(line: {
  readonly at: string;
  readonly pod: string;
  readonly container: string;
  readonly text: string;
}) {
  const { at, pod, container, text } = line;
  return { at, pod, container, text: maskText(text) };
}

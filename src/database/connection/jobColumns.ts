// Converts a job to a row of the table `jobs` and back. A new column is added here once for each direction.
import type { Selectable } from "kysely";
import type { Job } from "../../model/run/run.ts";
import { fromJson, toJson } from "./columns.ts";
import type { JobsTable } from "./schema.ts";
import { readJob, writtenJob } from "./storedPlans.ts";

/**
 * The columns that change while the job is in progress. The plan is not among them, because it never changes and may be
 * large.
 */
export function changingColumns(job: Job) {
  return {
    phase: job.phase,
    attempt: job.attempt,
    reason: toJson(job.reason),
    evidence: toJson(job.evidence),
    not_before: job.notBefore,
    started_at: job.startedAt,
    finished_at: job.finishedAt,
    output: toJson(job.output),
    interruptions: job.interruptions,
    earlier_attempts: toJson(job.earlier),
    due_at: job.dueAt,
    attempt_at: job.attemptAt,
    pending_at: job.pendingAt,
  };
}

/** `position`: place among the jobs of the run, from 0. */
export function jobRow(run: string, job: Job, position: number) {
  return { run, position, name: job.name, plan: toJson(writtenJob(job.plan)), ...changingColumns(job) };
}

export function jobOf(row: Selectable<JobsTable>): Job {
  return {
    run: row.run,
    name: row.name,
    plan: readJob(fromJson(row.plan)),
    phase: row.phase,
    reason: fromJson(row.reason),
    evidence: fromJson(row.evidence),
    attempt: row.attempt,
    notBefore: row.not_before,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    output: fromJson(row.output),
    interruptions: row.interruptions,
    earlier: fromJson(row.earlier_attempts),
    dueAt: row.due_at,
    attemptAt: row.attempt_at,
    pendingAt: row.pending_at,
  };
}

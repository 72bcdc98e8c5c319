// Reads the journal of a run: its events, applied one after the other, give the run and its jobs as they were at an
// earlier moment. The plan of a job never changes, so it is taken from the job as it is now.

import type { Reason } from "../../model/reasons/reason.ts";
import type { PlatformEvent } from "../../model/run/event.ts";
import type { Grounds } from "../../model/run/grounds.ts";
import { isActive, isSettled, type Phase } from "../../model/run/phase.ts";
import { type Job, type Run, withEarlier } from "../../model/run/run.ts";
import type { Events } from "../../ports/store.ts";
import { newJob } from "../starting/createRun.ts";

export interface Recorded {
  readonly job: Job;
  /** When the job entered its phase, or began this attempt. `null` when nothing was decided about it yet. */
  readonly since: string | null;
  /** The facts that made the job due, and those of the last decision about it. */
  readonly grounds: Grounds;
}

/**
 * The state of a run, changed in place event by event, because a run may have thousands of jobs and even more events.
 */
export interface Journal {
  run: Run;
  readonly jobs: Map<string, Recorded>;
  /** Whether a process had decided anything about the run. */
  takenUp: boolean;
}

/** The run as it was created. `run` and `jobs` are as the store has them now. */
export function beginJournal(run: Run, jobs: readonly Job[]): Journal {
  const begun = {
    phase: "running",
    finishedAt: null,
    cancelledBy: null,
    pausedBy: null,
    finalSkippedBy: null,
  } as const;
  return {
    run: { ...run, ...begun },
    jobs: new Map(jobs.map((job) => [job.name, { job: atCreation(run, job), since: null, grounds: {} }])),
    takenUp: false,
  };
}

/** The job as it was created. A job that a retry took over had ended before the run was created. */
function atCreation(run: Run, job: Job): Job {
  const takenOver = job.finishedAt !== null && Date.parse(job.finishedAt) < Date.parse(run.createdAt);
  return newJob(run, job.plan, takenOver ? job : undefined);
}

export function record(journal: Journal, event: PlatformEvent): void {
  if (event.type !== "job.changed") {
    journal.run = { ...journal.run, ...RUN_CHANGES[event.type]?.(event) };
    return;
  }
  journal.takenUp = true;
  const name = wordIn(event, "job");
  const before = journal.jobs.get(name);
  if (before !== undefined) journal.jobs.set(name, recorded(before, event));
}

type Change = (event: PlatformEvent) => Partial<Run>;

const RUN_CHANGES: Readonly<Partial<Record<PlatformEvent["type"], Change>>> = {
  "run.paused": (event) => ({ pausedBy: wordIn(event, "actor") }),
  "run.resumed": () => ({ pausedBy: null }),
  "run.cancelling": (event) =>
    event.data["finally"] === "skip"
      ? { finalSkippedBy: wordIn(event, "actor") }
      : { cancelledBy: wordIn(event, "actor"), pausedBy: null },
  // Only driving/advanceRun.ts and driving/giveUp.ts write this event, with the ending of the run as its phase.
  "run.finished": ({ at, data }) => ({ phase: data["phase"] as Run["phase"], finishedAt: at }),
};

function wordIn({ data }: PlatformEvent, key: string): string {
  const word = data[key];
  return typeof word === "string" ? word : "";
}

function recorded({ job, since, grounds }: Recorded, { at, data }: PlatformEvent): Recorded {
  // Only changedEvent in driving/driver.ts writes this event, from a job and its grounds.
  const change = data as unknown as {
    readonly phase: Phase;
    readonly attempt: number;
    readonly reason: Reason;
    readonly grounds?: Grounds;
  };
  const { phase, attempt, reason } = change;
  const moved = phase !== job.phase || attempt !== job.attempt;
  const cause = reason.code === "Retrying" ? reason.cause : undefined;
  const earlier = cause === undefined ? job.earlier : withEarlier(job.earlier, { attempt, reason: cause, at });
  const changed = { ...job, phase, attempt, reason, earlier, evidence: [] };
  return {
    job: { ...changed, ...timesOf(job, changed, { at, until: change.grounds?.until }) },
    since: moved ? at : since,
    grounds: moved || change.grounds !== undefined ? { ...lasting(grounds), ...change.grounds } : grounds,
  };
}

/** The part of the grounds that made the job due. It is stored once, and stays true for all later decisions. */
function lasting({ needs, moreNeeds, values, moreValues }: Grounds): Grounds {
  return {
    ...(needs === undefined ? {} : { needs }),
    ...(moreNeeds === undefined ? {} : { moreNeeds }),
    ...(values === undefined ? {} : { values }),
    ...(moreValues === undefined ? {} : { moreValues }),
  };
}

function timesOf(
  before: Job,
  { phase, attempt }: Pick<Job, "phase" | "attempt">,
  { at, until }: { readonly at: string; readonly until: string | undefined },
): Partial<Job> {
  const starts = isActive(phase) && attempt !== before.attempt;
  return {
    dueAt: before.dueAt ?? (isSettled(phase) ? null : at),
    startedAt: before.startedAt ?? (isActive(phase) ? at : null),
    attemptAt: starts ? at : before.attemptAt,
    finishedAt: isSettled(phase) ? at : null,
    notBefore: phase === "queued" ? (until ?? before.notBefore) : null,
  };
}

const PAGE = 500;

/**
 * The run as it was at the moment. Reading stops at the first event that is later, so that the result is a state that
 * the run really had, also when the clocks of two processes differ. `null` when the store no longer has the first
 * events of the run.
 */
export async function journalAt(events: Events, journal: Journal, at: Date): Promise<Journal | null> {
  const { project, id } = journal.run;
  let sequence = 0;
  for (;;) {
    const page = await events.after({ project, run: id }, sequence, PAGE);
    if (sequence === 0 && page[0]?.type !== "run.created") return null;
    for (const event of page) {
      if (Date.parse(event.at) > at.getTime()) return journal;
      record(journal, event);
      sequence = event.sequence;
    }
    if (page.length < PAGE) return journal;
  }
}

// The record of a run, read back: its events, one after the other, give the run and its jobs as they stood at any moment. What a job is planned
// to do never changes, so it is taken from the job as it is now.

import type { Reason } from "../../model/reasons/reason.ts";
import type { PlatformEvent } from "../../model/run/event.ts";
import type { Grounds } from "../../model/run/grounds.ts";
import { isActive, isSettled, type Phase } from "../../model/run/phase.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { Events } from "../../ports/store.ts";
import { newJob } from "../starting/createRun.ts";

export interface Recorded {
  readonly job: Job;
  /** When it came to its phase, or to this attempt. Null: nothing was decided about it. */
  readonly since: string | null;
  /** Of what made it due, and of the last decision about it. */
  readonly grounds: Grounds;
}

/** Grows event by event: a run may have thousands of jobs, and more events. */
export interface Journal {
  run: Run;
  readonly jobs: Map<string, Recorded>;
  /** A process had decided something about the run. */
  takenUp: boolean;
}

/** The run as it was made. `run` and `jobs` are as the store has them now. */
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
    jobs: new Map(jobs.map((job) => [job.name, { job: asMade(run, job), since: null, grounds: {} }])),
    takenUp: false,
  };
}

/** What a retry took over had ended before its run was made. */
function asMade(run: Run, job: Job): Job {
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
  // step.ts and giveUp.ts alone write that event, with the ending of the run.
  "run.finished": ({ at, data }) => ({ phase: data["phase"] as Run["phase"], finishedAt: at }),
};

function wordIn({ data }: PlatformEvent, key: string): string {
  const word = data[key];
  return typeof word === "string" ? word : "";
}

function recorded({ job, since, grounds }: Recorded, { at, data }: PlatformEvent): Recorded {
  // changedEvent in driver.ts alone writes that event, from a job and its grounds.
  const told = data as unknown as {
    readonly phase: Phase;
    readonly attempt: number;
    readonly reason: Reason;
    readonly grounds?: Grounds;
  };
  const { phase, attempt, reason } = told;
  const moved = phase !== job.phase || attempt !== job.attempt;
  const changed = { ...job, phase, attempt, reason, evidence: [] };
  return {
    job: { ...changed, ...timesOf(job, changed, { at, until: told.grounds?.until }) },
    since: moved ? at : since,
    grounds: moved || told.grounds !== undefined ? { ...lasting(grounds), ...told.grounds } : grounds,
  };
}

/** What made a job due is told once, and goes for all that follows. */
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
 * How the run stood at the moment. Stops at the first event that is later, so that what it gives is a state that the run had, also where the
 * clocks of two processes differ. Null: the events from the beginning of the run are not kept any more.
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

// Answers `kubemin why` for an earlier moment: explains the state of a run or of one of its jobs from the journal of
// the run (journal.ts), with the facts on which each decision was made.
import { PlatformError } from "../../model/errors/errors.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import type { Grounds, KeptValue } from "../../model/run/grounds.ts";
import { isActive, isSettled, PHASES } from "../../model/run/phase.ts";
import type { Job, Run } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { CauseLink, RunNow } from "../contract/requests.ts";
import { knownRun } from "../steering/cancel.ts";
import { beginJournal, type Journal, journalAt, type Recorded } from "./journal.ts";
import { causeOfJob, causeOfRun, ownReason, subjectOf } from "./rootCause.ts";
import { runStatus, shownJobs } from "./runStatus.ts";
import { knownJob } from "./why.ts";

interface PastMoment {
  readonly at: string;
  readonly jobs: readonly PastJob[];
  /** The number of jobs that are not listed. */
  readonly more: number;
}

interface PastJob {
  readonly name: string;
  readonly phase: Job["phase"];
  readonly since: string | null;
  readonly reason: Reason;
  readonly evidence: readonly Evidence[];
}

export interface Explained {
  readonly chain: readonly CauseLink[];
  readonly moment?: PastMoment;
}

export async function explainRunAt(
  dependencies: Dependencies<"store" | "clock">,
  request: { readonly project: string; readonly run: string; readonly job?: string; readonly at: string },
): Promise<Explained> {
  const run = await knownRun(dependencies, request.project, request.run);
  const at = pastMoment(run, request.at, dependencies.clock.now());
  const journal = await readJournal(dependencies, run, at);
  const notTakenUp = journal.takenUp ? undefined : reason("NotTakenUpThen");
  const jobs = [...journal.jobs.values()].map((one) => one.job);
  const status = runStatus(journal.run, { jobs, notTakenUp, now: at });
  const now: RunNow = { run: journal.run, jobs: shownJobs(jobs, status), status };
  if (request.job !== undefined) {
    const chain = causeOfJob(knownJob(request.job, now.jobs), now, ownReason);
    return { chain: chain.map((link) => dated(link, journal)) };
  }
  const counted: CauseLink = { subject: subjectOf(now), reason: countOf(now.jobs, at), evidence: [] };
  const cause = causeOfRun(now, ownReason).map((link) => dated(link, journal));
  return { chain: [counted, ...cause], moment: momentOf(now, journal, at) };
}

function pastMoment(run: Run, text: string, now: Date): Date {
  const at = new Date(text);
  const said = at.toISOString();
  if (at > now) throw new PlatformError("MomentAhead", { at: said, now: now.toISOString() });
  if (at < new Date(run.createdAt))
    throw new PlatformError("MomentBeforeRun", { run: run.id, at: said, begun: run.createdAt });
  return at;
}

/**
 * The journal until the moment. A run is stored for longer than its events, so for a moment after its end, the stored
 * run is enough.
 */
async function readJournal({ store }: Dependencies<"store">, run: Run, at: Date): Promise<Journal> {
  const jobs = await store.runs.jobs(run.id);
  const journal = await journalAt(store.events, beginJournal(run, jobs), at);
  if (journal !== null) return journal;
  if (run.finishedAt === null || at < new Date(run.finishedAt))
    throw new PlatformError("RecordGone", { run: run.id, at: at.toISOString() });
  const asEnded = (job: Job): Recorded => ({ job, since: job.finishedAt, grounds: {} });
  return { run, jobs: new Map(jobs.map((job) => [job.name, asEnded(job)])), takenUp: true };
}

/** The link with the time and the facts of the decision. Links about the run as a whole stay as they are. */
function dated(link: CauseLink, { jobs }: Journal): CauseLink {
  const found = jobs.get(link.subject);
  if (found === undefined) return link;
  return { ...link, reason: pastReason(found, link.reason), evidence: groundsEvidence(found.grounds) };
}

function pastReason({ job: { phase }, since }: Recorded, why: Reason): Reason {
  return reason(PHASES[phase].stood, { phase, since: since ?? "" }, why);
}

function countOf(jobs: readonly Job[], at: Date): Reason {
  const count = (is: (job: Job) => boolean): number => jobs.filter(is).length;
  return reason("RunAt", {
    at: at.toISOString(),
    running: count((job) => isActive(job.phase)),
    held: count((job) => job.phase === "queued"),
    waiting: count((job) => job.phase === "waiting"),
    ended: count((job) => isSettled(job.phase)),
  });
}

const MOST_LISTED = 12;

/** Lists active jobs first, then queued ones, then the ended ones, each group with the latest decision first. */
function momentOf({ jobs }: RunNow, journal: Journal, at: Date): PastMoment {
  const rank = ({ phase }: Job): number => (isActive(phase) ? 0 : phase === "queued" ? 1 : isSettled(phase) ? 2 : 3);
  const sinceOf = ({ name }: Job): number => Date.parse(journal.jobs.get(name)?.since ?? new Date(0).toISOString());
  const listed = jobs.toSorted((a, b) => rank(a) - rank(b) || sinceOf(b) - sinceOf(a)).slice(0, MOST_LISTED);
  return {
    at: at.toISOString(),
    jobs: listed.flatMap((job) => {
      const { name, phase, reason: why } = job;
      const found = journal.jobs.get(name);
      if (found === undefined) return [];
      const { since, grounds } = found;
      return [{ name, phase, since, reason: pastReason(found, why), evidence: groundsEvidence(grounds) }];
    }),
    more: Math.max(0, jobs.length - MOST_LISTED),
  };
}

function groundsEvidence(grounds: Grounds): readonly Evidence[] {
  const { needs = {}, moreNeeds, values = [], moreValues, took = [], held: refused, clock, until } = grounds;
  return [
    ...values.map(valueEvidence),
    ...moreOf("values", moreValues),
    ...Object.entries(needs).map(([job, phase]) => decisionEvidence(job, reason("PhaseWas", { phase }))),
    ...moreOf("needs", moreNeeds),
    ...took.map((key) => decisionEvidence(key, reason("LockTaken"))),
    ...(refused === undefined ? [] : [decisionEvidence(refused.key, lockReason(refused))]),
    ...(clock === undefined
      ? []
      : [decisionEvidence(clock.name, reason("ClockRan", { since: clock.since, limit: clock.limit }))]),
    ...(until === undefined ? [] : [decisionEvidence("retry", reason("NotBefore", { until }))]),
  ];
}

/** A value as evidence. `<none>` means that there was no value; conditions are printed with the same word. */
function valueEvidence({ pointer, value, cut }: KeptValue): Evidence {
  const text = cut === undefined ? (value === undefined ? "<none>" : JSON.stringify(value)) : `${cut}…`;
  return { source: "decision", object: pointer, text };
}

function lockReason({ limit, holders }: NonNullable<Grounds["held"]>): Reason {
  return reason("LockHeldBy", { limit, holders: holders.map(({ run, job }) => `run ${run}, job ${job}`).join("; ") });
}

function decisionEvidence(object: string, why: Reason): Evidence {
  return { source: "decision", object, text: "", reason: why };
}

function moreOf(object: string, count: number | undefined): readonly Evidence[] {
  return count === undefined ? [] : [decisionEvidence(object, reason("MoreKept", { count }))];
}

// Before a pod is created, this file waits until the cluster accepts it and has room. Pods that can never run are
// refused immediately. Other pods wait as long as the document says, and the job reports what they wait for, who is
// ahead in the queue and the usual wait. Room is not guaranteed: another program may use it first.

import { type JobOutcome, type JobRun, STOPPED } from "../../catalog/job.ts";
import { formatDuration } from "../../model/document/duration.ts";
import type { PodGroup, Ticket } from "../../model/kubernetes/capacity.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { createNews, type News } from "../../ports/news.ts";
import { createOutlook, type Outlook } from "./outlook.ts";
import { verdictEvidence } from "./verdictEvidence.ts";

/** Milliseconds until the next check, because not each change that makes room sends an event. */
export const CHECK_AGAIN = 5_000;

/** `null` when the pods may be created now. The groups run at the same time, so there must be room for all of them. */
export async function untilRoom(job: JobRun<unknown>, groups: readonly PodGroup[]): Promise<JobOutcome | null> {
  const ticket = ticketOf(job);
  const changes = changesAround(job);
  let found = false;
  try {
    const outcome = await waitForRoom(job, groups, changes);
    found = outcome === null;
    return outcome;
  } finally {
    changes.close();
    job.cluster.capacity?.leave(ticket.id, found ? "keep" : "free");
  }
}

async function waitForRoom(
  job: JobRun<unknown>,
  groups: readonly PodGroup[],
  changes: News,
): Promise<JobOutcome | null> {
  const limit = patience(job);
  let waited = false;
  let overdue = overdueAfter(limit, []);
  const look = createOutlook(job, groups);
  while (!job.signal.aborted) {
    const seen = changes.count();
    const asked = await weightedTicket(job);
    const outlook = await look({ ...asked, overdueAt: asked.since + overdue });
    const time = job.runTime.since(job.waitingSince);
    if (outlook.class === "fits") {
      if (waited && outlook.verdict?.flavor !== undefined) await job.waits.add(outlook.verdict.flavor, time);
      return null;
    }
    const lately = await latelyFor(job, outlook);
    overdue = overdueAfter(limit, lately);
    const evidence = outlook.verdict === undefined ? [] : verdictEvidence(outlook.verdict, lately);
    if (outlook.class === "rejected") return ended("rejected", outlook.reason, evidence);
    if (time >= limit && outlook.graced !== true)
      return ended("expired", waitEnded(job, limit, outlook.reason), evidence);
    waited = true;
    job.report(outlook.reason, evidence, "pending");
    const milliseconds = outlook.again ?? Math.min(CHECK_AGAIN, limit - time);
    await changes.after(seen, { signal: job.signal, limit: { clock: job.clock, milliseconds } });
  }
  return STOPPED;
}

/**
 * Releases the room that `untilRoom` found. Whatever ended the job, the room is free again immediately, even if no pod
 * ever used it.
 */
export function releaseRoom(job: JobRun<unknown>): void {
  job.cluster.capacity?.leave(ticketOf(job).id, "free");
}

/** The name that is shown in the queue is application/component, or run/job without an application. */
export function ticketOf(attempted: JobRun<unknown>): Ticket {
  const { run, job, attempt, application, component, waitingSince, priority } = attempted;
  const name = `${application ?? run}/${component ?? job}`;
  return { id: `${run}/${job}/${attempt}`, since: waitingSince, name, priority };
}

/** The ticket for a check, with the present weights of the project. */
export async function weightedTicket(job: JobRun<unknown>): Promise<Ticket> {
  return { ...ticketOf(job), weights: await job.capacityWeights() };
}

function ended(phase: "rejected" | "expired", why: Reason, evidence: readonly Evidence[]): JobOutcome {
  return { phase, reason: why, evidence, retryable: false };
}

const LEAST_OVERDUE = 10 * 60_000;
const TIMES_USUAL = 3;

/**
 * Milliseconds after which a waiting job counts as starved by later jobs: three times the usual wait, at least ten
 * minutes, and at most half of the time that it may wait. The other half is left for collecting the room that is then
 * reserved for it.
 */
function overdueAfter(patience: number, lately: readonly number[]): number {
  const usual = lately.toSorted((a, b) => a - b)[Math.floor(lately.length / 2)] ?? 0;
  return Math.min(Math.max(LEAST_OVERDUE, TIMES_USUAL * usual), patience / 2);
}

const HALF_AN_HOUR = 30 * 60_000;

/** Milliseconds that the job may wait for room altogether. */
export function patience({ onShort, clocks }: JobRun<unknown>): number {
  if (onShort === "fail") return 0;
  return onShort === "wait" ? (clocks.queue ?? HALF_AN_HOUR) : onShort;
}

/** Milliseconds that the job may still wait for room. */
export function patienceLeft(job: JobRun<unknown>): number {
  return Math.max(0, patience(job) - job.runTime.since(job.waitingSince));
}

function waitEnded({ onShort }: JobRun<unknown>, limit: number, why: Reason): Reason {
  return onShort === "fail"
    ? reason("DidNotWait", {}, why)
    : reason("GaveUpWaiting", { limit: formatDuration(limit) }, why);
}

/** Milliseconds that other jobs waited for the same flavor. Empty when this job does not have to wait. */
async function latelyFor({ waits }: JobRun<unknown>, { verdict }: Outlook): Promise<readonly number[]> {
  const flavor = verdict?.class === "waits" ? verdict.flavor : undefined;
  return flavor === undefined ? [] : waits.lately(flavor);
}

/**
 * Notifies of changes that may make room: of the nodes and pods of the cluster, or of objects of kubemin in the
 * namespace of the job.
 */
function changesAround({ cluster, namespace }: JobRun<unknown>): News {
  return createNews(
    (notify) =>
      cluster.subscribe((changed) => {
        if (changed === namespace || changed === "*") notify();
      }),
    (notify) => cluster.capacity?.subscribe(notify) ?? (() => {}),
  );
}

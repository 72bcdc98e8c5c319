// Before a pod is made: does the cluster take it, and is there room? What can never be is refused at once; what may come is waited for as
// long as the document says, and whoever waits is told for what, behind whom and how long that usually takes.
// None of this is a promise: somebody may be faster.

import { type JobOutcome, type JobRun, STOPPED } from "../../catalog/job.ts";
import { formatDuration } from "../../model/document/duration.ts";
import type { PodGroup, Ticket } from "../../model/kubernetes/capacity.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { createNews, type News } from "../../ports/news.ts";
import { lookAround, type Outlook } from "./outlook.ts";
import { verdictEvidence } from "./verdictEvidence.ts";

/** Look again at least this often: not everything that makes room is told by an event. */
export const LOOK_AGAIN = 5_000;

/** Null: the pods may be made now. Groups run side by side: all of them or none. */
export async function untilRoom(job: JobRun<unknown>, groups: readonly PodGroup[]): Promise<JobOutcome | null> {
  const ticket = ticketOf(job);
  const changes = changesAround(job);
  let found = false;
  try {
    const outcome = await waitForRoom(job, groups, { ticket, changes });
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
  { ticket, changes }: { readonly ticket: Ticket; readonly changes: News },
): Promise<JobOutcome | null> {
  const limit = patience(job);
  let waited = false;
  let overdue = overdueAfter(limit, []);
  while (!job.signal.aborted) {
    const seen = changes.count();
    const outlook = await lookAround(job, groups, { ...ticket, overdueAt: ticket.since + overdue });
    const time = job.runTime.since(job.waitingSince);
    if (outlook.class === "fits") {
      if (waited && outlook.verdict?.flavor !== undefined) await job.waits.add(outlook.verdict.flavor, time);
      return null;
    }
    const lately = await latelyFor(job, outlook);
    overdue = overdueAfter(limit, lately);
    const evidence = outlook.verdict === undefined ? [] : verdictEvidence(outlook.verdict, lately);
    if (outlook.class === "rejected") return ended("rejected", outlook.reason, evidence);
    if (time >= limit) return ended("expired", gaveUp(job, limit, outlook.reason), evidence);
    waited = true;
    job.report(outlook.reason, evidence, "pending");
    const milliseconds = Math.min(LOOK_AGAIN, limit - time);
    await changes.after(seen, { signal: job.signal, limit: { clock: job.clock, milliseconds } });
  }
  return STOPPED;
}

/** Whoever is told of room by name knows what to call it: the application and its part, or the run where there is none. */
export function ticketOf({ run, job, attempt, application, component, waitingSince }: JobRun<unknown>): Ticket {
  const name = `${application ?? run}/${component ?? job}`;
  return { id: `${run}/${job}/${attempt}`, since: waitingSince, name };
}

function ended(phase: "rejected" | "expired", why: Reason, evidence: readonly Evidence[]): JobOutcome {
  return { phase, reason: why, evidence, retryable: false };
}

const LEAST_OVERDUE = 10 * 60_000;
const TIMES_USUAL = 3;

/**
 * After so long without its turn it is starved by those who pass it: three times what is usual, ten minutes at least, and half of its
 * patience at most, so that there is time left for what is kept for it to add up.
 */
function overdueAfter(patience: number, lately: readonly number[]): number {
  const usual = lately.toSorted((a, b) => a - b)[Math.floor(lately.length / 2)] ?? 0;
  return Math.min(Math.max(LEAST_OVERDUE, TIMES_USUAL * usual), patience / 2);
}

const HALF_AN_HOUR = 30 * 60_000;

function patience({ onShort, clocks }: JobRun<unknown>): number {
  if (onShort === "fail") return 0;
  return onShort === "wait" ? (clocks.queue ?? HALF_AN_HOUR) : onShort;
}

/** Milliseconds that it may still be held back. */
export function patienceLeft(job: JobRun<unknown>): number {
  return Math.max(0, patience(job) - job.runTime.since(job.waitingSince));
}

function gaveUp({ onShort }: JobRun<unknown>, limit: number, why: Reason): Reason {
  return onShort === "fail"
    ? reason("DidNotWait", {}, why)
    : reason("GaveUpWaiting", { limit: formatDuration(limit) }, why);
}

/** How long others waited for the same, when it waits. */
async function latelyFor({ waits }: JobRun<unknown>, { verdict }: Outlook): Promise<readonly number[]> {
  const flavor = verdict?.class === "waits" ? verdict.flavor : undefined;
  return flavor === undefined ? [] : waits.lately(flavor);
}

/** Announces what may make room: a change of the cluster's nodes and pods, or of what kubemin made in the namespace of the job. */
function changesAround({ cluster, namespace }: JobRun<unknown>): News {
  return createNews(
    (notify) =>
      cluster.subscribe((changed) => {
        if (changed === namespace || changed === "*") notify();
      }),
    (notify) => cluster.capacity?.subscribe(notify) ?? (() => {}),
  );
}

// Checks whether pods can be created now, again and again for one job that waits. First the API server does a dry run
// of exactly these pods, which asks quotas, limits, policies and webhooks; then src/capacity calculates whether the pods
// that the dry run gave back find room. When the calculation has no result, only the dry run counts, and the scheduler
// decides.
// The result of a dry run is remembered for a while: a thousand waiting jobs that look again at every event would
// otherwise cost the API server thousands of requests. A verdict that ends the wait always rests on a new dry run.

import type { JobRun } from "../../catalog/job.ts";
import type { CapacityVerdict, PodGroup, Ticket } from "../../model/kubernetes/capacity.ts";
import type { Refusal } from "../../model/kubernetes/refusal.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { type TriedPods, tryPods } from "./admittedPods.ts";
import { withRetries } from "./retryCluster.ts";

export interface Outlook {
  readonly class: "fits" | "waits" | "rejected";
  readonly reason: Reason;
  /**
   * Result of the calculation. Absent when the nodes of the cluster are not visible, or when the dry run refused the
   * pods.
   */
  readonly verdict?: CapacityVerdict;
  /** Milliseconds until the next look, even if nothing changes. Default: the caller decides. */
  readonly again?: number;
  /** `true` while a denial may still pass. The patience of the job does not end the wait then. */
  readonly graced?: true;
}

/** Milliseconds for which a waiting job uses what the last dry run gave back. */
const REMEMBERED = 120_000;
/** The same for a verdict that ends the wait. */
const FRESH = 5_000;
/** Milliseconds between two dry runs while a webhook denies. */
const DENIED_AGAIN = 1_000;

interface Remembered {
  readonly tried: TriedPods;
  readonly at: number;
}

/** The returned function looks once. The groups run at the same time, so there must be room for all of them. */
export function createOutlook(job: JobRun<unknown>, groups: readonly PodGroup[]): (ticket: Ticket) => Promise<Outlook> {
  const { capacity } = job.cluster;
  const now = (): number => job.clock.now().getTime();
  let known: Remembered | undefined;
  let deniedSince: number | undefined;
  const tried = async (oldest: number): Promise<TriedPods> => {
    if (known !== undefined && now() - known.at < oldest) return known.tried;
    const options = { signal: job.signal, reveal: job.reveal };
    known = { tried: await withRetries(job, () => tryPods(job.cluster, groups, options)), at: now() };
    if (!("refused" in known.tried)) deniedSince = undefined;
    return known.tried;
  };
  const check = (asked: readonly PodGroup[], ticket: Ticket): Promise<CapacityVerdict | undefined> =>
    withRetries(job, async () => capacity?.check({ groups: asked, project: job.project, ticket }, job.signal));
  const refused = async (refusal: Refusal, ticket: Ticket): Promise<Outlook> => {
    const asks = refusal.class === "waits" || (refusal.class === "final" && refusal.grace === 0);
    const verdict = asks ? await check(groups, ticket) : undefined;
    const counted = verdict === undefined ? undefined : OF_NAMESPACE[verdict.reason.code];
    if (verdict !== undefined && counted !== undefined) return { class: counted, reason: verdict.reason, verdict };
    // The pods are not created now, so the room that was reserved for them is released.
    capacity?.leave(ticket.id, "free");
    if (refusal.class !== "final") return { class: "waits", reason: refusal.reason };
    deniedSince ??= now();
    const left = deniedSince + refusal.grace - now();
    return left > 0
      ? { class: "waits", reason: refusal.reason, again: Math.min(left, DENIED_AGAIN), graced: true }
      : { class: "rejected", reason: refusal.reason };
  };
  const judged = async (oldest: number, ticket: Ticket): Promise<Outlook> => {
    const pods = await tried(oldest);
    if ("refused" in pods) return refused(pods.refused, ticket);
    const verdict = pods.groups.length === 0 ? undefined : await check(pods.groups, ticket);
    return verdict?.class === "waits" || verdict?.class === "rejected"
      ? { class: verdict.class, reason: verdict.reason, verdict }
      : { class: "fits", reason: reason("Beginning"), ...(verdict === undefined ? {} : { verdict }) };
  };
  return async (ticket) => {
    const last = known?.tried;
    if (last !== undefined && "refused" in last) {
      const { refused: refusal } = last;
      const still = refusal.class === "waits" ? await refused(refusal, ticket) : undefined;
      if (still?.verdict?.class === "waits") return still;
      const oldest = refusal.class === "passing" ? FRESH : DENIED_AGAIN;
      const wait = oldest - (now() - (known?.at ?? 0));
      const next = await judged(oldest, ticket);
      return next.class === "waits" && wait > 0 ? { ...next, again: Math.min(wait, next.again ?? wait) } : next;
    }
    const outlook = await judged(REMEMBERED, ticket);
    return outlook.class === "waits" || known === undefined || now() - known.at < FRESH
      ? outlook
      : judged(FRESH, ticket);
  };
}

/**
 * The answers about quotas and limits of the namespace. They have names and numbers where the API server has few words,
 * and they hold for the pods as planned too.
 */
const OF_NAMESPACE: Readonly<Partial<Record<Reason["code"], "waits" | "rejected">>> = {
  QuotaBusy: "waits",
  QuotaTooSmall: "rejected",
  MissingLimits: "rejected",
  LimitRangeBroken: "rejected",
};

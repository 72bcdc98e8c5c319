// Checks once whether pods can be created now. First src/capacity calculates whether they find room. Then the API
// server does a dry run of exactly these pods, which checks quota, limits, policies and webhooks. When the calculation
// has no result, only the dry run counts, and the scheduler decides.

import type { JobRun } from "../../catalog/job.ts";
import type { CapacityVerdict, PodGroup, Ticket } from "../../model/kubernetes/capacity.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { withRetries } from "./retryCluster.ts";

export interface Outlook {
  readonly class: "fits" | "waits" | "rejected";
  readonly reason: Reason;
  /**
   * Result of the calculation. Absent when the nodes of the cluster are not visible, or when the dry run refused the
   * pods.
   */
  readonly verdict?: CapacityVerdict;
}

export async function checkOutlook(
  job: JobRun<unknown>,
  groups: readonly PodGroup[],
  ticket: Ticket,
): Promise<Outlook> {
  const { capacity } = job.cluster;
  const verdict = await withRetries(job, async () =>
    capacity?.check({ groups, project: job.project, ticket }, job.signal),
  );
  if (verdict?.class === "waits" || verdict?.class === "rejected")
    return { class: verdict.class, reason: verdict.reason, verdict };
  for (const { pod } of groups) {
    const refused = await dryRun(job, pod);
    if (refused === null) continue;
    // The pods are not created now, so the room that was reserved for them is released.
    capacity?.leave(ticket.id, "free");
    return refused;
  }
  return { class: "fits", reason: reason("Beginning"), ...(verdict === undefined ? {} : { verdict }) };
}

async function dryRun(job: JobRun<unknown>, pod: Manifest): Promise<Outlook | null> {
  const tried = await withRetries(job, () => job.cluster.dryRun(pod, { signal: job.signal, reveal: job.reveal }));
  if (!("refused" in tried)) return null;
  const { reason: refused, class: lasts } = tried.refused;
  if (isCheckForbidden(refused)) return null;
  const passes = lasts !== "final" || isNamespaceFresh(refused);
  return { class: passes ? "waits" : "rejected", reason: refused };
}

/**
 * kubemin needs no right to create pods, because the controllers of the cluster create them. Without that right a dry
 * run is refused, and the check continues without it.
 */
function isCheckForbidden({ code, params }: Reason): boolean {
  return code === "NotAllowed" && /cannot \w+ resource "pods"/.test(String(params["detail"] ?? ""));
}

/** The cluster creates the default service account of a namespace shortly after the namespace itself. */
function isNamespaceFresh({ params }: Reason): boolean {
  return /serviceaccount "default" not found/.test(String(params["detail"] ?? ""));
}

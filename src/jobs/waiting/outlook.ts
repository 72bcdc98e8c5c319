// One look at the cluster: our own arithmetic first, then the server's last word by a dry run of the very pods (quota, limits, policies,
// webhooks). Where our arithmetic cannot tell, only the server is asked, and the scheduler decides.

import type { JobRun } from "../../catalog/job.ts";
import type { CapacityVerdict, PodGroup, Ticket } from "../../model/kubernetes/capacity.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { mayPass } from "../../model/run/jobEnding.ts";
import { patiently } from "./retryCluster.ts";

export interface Outlook {
  readonly class: "fits" | "waits" | "rejected";
  readonly reason: Reason;
  /** Missing where the cluster does not tell of its nodes, or the server had the last word. */
  readonly verdict?: CapacityVerdict;
}

export async function lookAround(job: JobRun<unknown>, groups: readonly PodGroup[], ticket: Ticket): Promise<Outlook> {
  const { capacity } = job.cluster;
  const verdict = await patiently(job, async () =>
    capacity?.check({ groups, project: job.project, ticket }, job.signal),
  );
  if (verdict?.class === "waits" || verdict?.class === "rejected")
    return { class: verdict.class, reason: verdict.reason, verdict };
  for (const { pod } of groups) {
    const refused = await dryRun(job, pod);
    if (refused === null) continue;
    // It does not come now, so nobody has to make way for it.
    capacity?.leave(ticket.id, "free");
    return refused;
  }
  return { class: "fits", reason: reason("Beginning"), ...(verdict === undefined ? {} : { verdict }) };
}

async function dryRun(job: JobRun<unknown>, pod: Manifest): Promise<Outlook | null> {
  const refused = await patiently(job, () => job.cluster.check(pod, { signal: job.signal, reveal: job.reveal }));
  if (refused === null || mayNotAsk(refused)) return null;
  const passes = isQuotaBusy(refused) || mayPass(refused.code) || isNamespaceFresh(refused);
  return { class: passes ? "waits" : "rejected", reason: refused };
}

/** Within the limit by itself, only not beside what others hold now: it may come. What is larger than the whole quota never does. */
function isQuotaBusy({ code, params }: Reason): boolean {
  if (code !== "QuotaExceeded") return false;
  const requested = amounts(String(params["requested"] ?? ""));
  const limited = amounts(String(params["limited"] ?? ""));
  return [...limited].every(([name, limit]) => {
    const asked = requested.get(name);
    return asked !== undefined && asked <= limit;
  });
}

/** Pods are made by the cluster's own controllers, for which we need no right: who may not even try one out goes on without the last word. */
function mayNotAsk({ code, params }: Reason): boolean {
  return code === "NotAllowed" && /cannot \w+ resource "pods"/.test(String(params["detail"] ?? ""));
}

/** A namespace gets its first account a moment after it was made. */
function isNamespaceFresh({ params }: Reason): boolean {
  return /serviceaccount "default" not found/.test(String(params["detail"] ?? ""));
}

/** `requests.cpu=2,requests.memory=4Gi`, as the server writes it. What cannot be read counts as never. */
function amounts(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split(",").flatMap((item) => {
      const [name = "", value = ""] = item.trim().split("=");
      const amount = parseQuantity(value);
      return amount === undefined ? [] : [[name, amount] as const];
    }),
  );
}

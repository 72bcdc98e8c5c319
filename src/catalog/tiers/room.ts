// Before a pod is made: does the cluster take it, and is there room? What can never be is refused at once; what may come is waited for as
// long as the document says. The last word is a dry run of the very pod at the server. None of this is a promise: somebody may be faster.
import { formatDuration } from "../../model/duration.ts";
import type { Manifest } from "../../model/manifest.ts";
import { parseQuantity } from "../../model/quantity.ts";
import { explainReason, type Reason, reason } from "../../model/reason.ts";
import type { JobOutcome, JobRun } from "../job.ts";
import { patiently } from "../jobs/patience.ts";

/** Look again at least this often: not everything that makes room is told by an event. */
const LOOK_AGAIN = 5_000;

/** Null: the pod may be made now. */
export async function untilRoom(job: JobRun<unknown>, pod: Manifest): Promise<JobOutcome | null> {
  const began = job.clock.now().getTime();
  while (!job.signal.aborted) {
    const verdict = await lookAround(job, pod);
    if (verdict.class === "fits") return null;
    if (verdict.class === "rejected")
      return { phase: "rejected", reason: verdict.reason, evidence: [], retryable: false };
    const limit = patience(job);
    const waited = job.clock.now().getTime() - began;
    if (waited >= limit) {
      const cause = explainReason(verdict.reason, "en");
      const why = reason("GaveUpWaiting", { limit: formatDuration(limit), cause });
      return { phase: "expired", reason: why, evidence: [], retryable: false };
    }
    job.report(verdict.reason, [], "pending");
    await somethingHappens(job, Math.min(LOOK_AGAIN, limit - waited));
  }
  return {
    phase: "expired",
    reason: reason("GaveUpWaiting", { limit: "0s", cause: "" }),
    evidence: [],
    retryable: true,
  };
}

const HALF_AN_HOUR = 30 * 60_000;

function patience({ onShort, clocks }: JobRun<unknown>): number {
  if (onShort === "fail") return 0;
  return onShort === "wait" ? (clocks.queue ?? HALF_AN_HOUR) : onShort;
}

interface Outlook {
  readonly class: "fits" | "waits" | "rejected";
  readonly reason: Reason;
}

async function lookAround(job: JobRun<unknown>, pod: Manifest): Promise<Outlook> {
  const refused = await patiently(job, () => job.cluster.check(pod, { signal: job.signal, reveal: job.reveal }));
  if (refused === null) return { class: "fits", reason: reason("Beginning") };
  return { class: isQuotaBusy(refused) ? "waits" : "rejected", reason: refused };
}

/** Within the limit by itself, only not beside what others hold now: it may come. What is larger than the whole quota never does. */
export function isQuotaBusy({ code, params }: Reason): boolean {
  if (code !== "QuotaExceeded") return false;
  const requested = amounts(String(params["requested"] ?? ""));
  const limited = amounts(String(params["limited"] ?? ""));
  return [...limited].every(([name, limit]) => {
    const asked = requested.get(name);
    return asked !== undefined && asked <= limit;
  });
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

async function somethingHappens(job: JobRun<unknown>, atMost: number): Promise<void> {
  const awake = new AbortController();
  const signal = AbortSignal.any([awake.signal, job.signal]);
  const { promise, resolve } = Promise.withResolvers<void>();
  const unsubscribe = job.cluster.subscribe((namespace) => {
    if (namespace === job.namespace || namespace === "*") resolve();
  });
  await Promise.race([promise, job.clock.sleep(atMost, signal)]);
  unsubscribe();
  awake.abort();
}

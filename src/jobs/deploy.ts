// The job type `deploy`: it applies the objects of a component and waits until they are ready. An object that is
// already as planned is not changed.
import { z } from "zod";
import { defineJob } from "../catalog/define.ts";
import type { JobOutcome, JobRun } from "../catalog/job.ts";
import { dig } from "../model/data/json.ts";
import type { ObjectHealth } from "../model/kubernetes/health.ts";
import { refKey, refOf } from "../model/kubernetes/manifest.ts";
import { type Reason, reason } from "../model/reasons/reason.ts";
import { endingOf } from "../model/run/jobEnding.ts";
import type { PlannedObject } from "../model/run/plan.ts";
import { type Applied, ClusterError } from "../ports/cluster.ts";
import { applyAndGrow } from "./objects/applyOrReplace.ts";
import { recordFinished, unfinishedObjects } from "./objects/finished.ts";
import { recordIntent } from "./objects/recordIntent.ts";
import { retireAutoscalers } from "./objects/retireControllers.ts";
import { refusal } from "./waiting/retryCluster.ts";
import { isDone, untilSettled } from "./waiting/untilSettled.ts";

export const deploy = defineJob({
  name: "deploy",
  summary: { en: "Applies objects and waits until they are ready", zh: "应用对象并等待就绪" },
  input: z.looseObject({}),
  timeout: 10 * 60_000,
  async run(job) {
    try {
      await retireAutoscalers(job);
      const applied = await applyObjects({ ...job, objects: await unfinishedObjects(job) });
      return await outcomeOf(job, applied);
    } catch (error) {
      if (error instanceof ClusterError) return refusal(error);
      throw error;
    }
  },
});

const FOUNDATIONS: ReadonlySet<string> = new Set(["CustomResourceDefinition", "Namespace"]);

/** Applies the objects in the planned order. The inventory is written before (without uids) and after (with uids). */
export async function applyObjects(job: JobRun<unknown>): Promise<readonly Applied[]> {
  const known = new Map((await job.inventory.list()).map((owned) => [refKey(owned), owned.uid]));
  const fresh = job.objects.filter((object) => !known.has(refKey(refOf(object.manifest))));
  if (fresh.length > 0) await recordIntent(job, fresh);
  const applied: Applied[] = [];
  const adopted = dig(job.input, "adopt");
  const force = dig(job.input, "force") === true;
  try {
    for (const object of job.objects) {
      job.signal.throwIfAborted();
      const adopt = Array.isArray(adopted) && adopted.includes(refKey(refOf(object.manifest)));
      const one = await applyAndGrow(job, object, { signal: job.signal, reveal: job.reveal, force, adopt });
      applied.push(one);
      // Later objects may be of the kind that this object defines, or live in the namespace that it creates.
      if (!FOUNDATIONS.has(object.manifest.kind)) continue;
      const health = await untilSettled(job, [one]);
      if (health.some(({ state }) => state !== "ready")) break;
    }
  } finally {
    await recordUids(job, applied, known);
  }
  return applied;
}

async function recordUids(
  job: JobRun<unknown>,
  applied: readonly Applied[],
  known: ReadonlyMap<string, string | null>,
): Promise<void> {
  const pairs: { object: PlannedObject; uid: string }[] = [];
  for (const [index, one] of applied.entries()) {
    const object = job.objects[index];
    if (object !== undefined && known.get(refKey(one.ref)) !== one.uid) pairs.push({ object, uid: one.uid });
  }
  if (pairs.length > 0) await job.inventory.put(pairs);
}

async function outcomeOf(job: JobRun<unknown>, applied: readonly Applied[]): Promise<JobOutcome> {
  if (applied.length === 0) return { phase: "succeeded", reason: reason("Unchanged") };
  const health = await untilSettled(job, applied);
  const bad = health.find((one) => !isDone(job, one));
  if (bad !== undefined) {
    return {
      phase: endingOf(bad.state, bad.reason.code),
      reason: bad.reason,
      evidence: bad.evidence,
      retryable: bad.state === "failed",
    };
  }
  await recordFinished(job, health);
  const addresses = health.flatMap((one) => (one.facts?.address === undefined ? [] : [one.facts.address]));
  const changed = applied.some((one) => one.action !== "unchanged");
  return {
    phase: "succeeded",
    reason: reservation(health) ?? reason(changed ? "Ready" : "Unchanged"),
    output: addresses.length === 0 ? {} : { addresses },
  };
}

const PLAIN: ReadonlySet<Reason["code"]> = new Set(["Ready", "Completed", "Unchanged"]);

/** The reason of an object that is ready with a reservation: no node matches it, it is paused, or it cannot scale. */
function reservation(health: readonly ObjectHealth[]): Reason | undefined {
  return health.find((one) => !PLAIN.has(one.reason.code))?.reason;
}

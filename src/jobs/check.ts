// The job type `check`: it applies the objects of a service that exists outside the cluster, then starts a Kubernetes
// Job that checks whether the service answers. The check runs again in each run, because a service that answered
// yesterday may be gone today. The reason always contains the last line that the check wrote.
import { z } from "zod";
import { defineJob } from "../catalog/define.ts";
import type { JobOutcome, JobRun } from "../catalog/job.ts";
import { dig, isObject } from "../model/data/json.ts";
import { worst } from "../model/kubernetes/health.ts";
import { ANNOTATIONS, type Manifest, refOf } from "../model/kubernetes/manifest.ts";
import { reason } from "../model/reasons/reason.ts";
import type { PlannedObject } from "../model/run/plan.ts";
import { type Applied, ClusterError } from "../ports/cluster.ts";
import { applyObjects } from "./deploy.ts";
import { marked, markOf } from "./pods/attemptMark.ts";
import { adoptOwn, findOwn, releaseOwn } from "./pods/ownJob.ts";
import { keepLog, readTaskLog } from "./pods/taskLog.ts";
import { refusal, withRetries } from "./waiting/retryCluster.ts";
import { untilSettled } from "./waiting/untilSettled.ts";

export const check = defineJob({
  name: "check",
  summary: { en: "Checks from inside the cluster that a service answers", zh: "从集群内检查外部服务是否可以访问" },
  input: z.looseObject({}),
  timeout: 5 * 60_000,
  async run(job) {
    try {
      return await checked(job);
    } catch (error) {
      if (error instanceof ClusterError) return refusal(error);
      throw error;
    }
  },
  release: releaseOwn,
});

async function checked(job: JobRun<unknown>): Promise<JobOutcome> {
  const main = job.objects.find((object) => object.manifest.kind === "Job");
  const others = await applyObjects({ ...job, objects: job.objects.filter((object) => object !== main) });
  if (main === undefined) {
    const changed = others.some((one) => one.action !== "unchanged");
    return { phase: "succeeded", reason: reason(changed ? "Ready" : "Unchanged") };
  }
  const target = targetOf(main.manifest);
  const own = await fresh(job, main);
  const applied = own ?? (await applyObjects({ ...job, objects: [{ ...main, manifest: marked(job, main.manifest) }] }));
  job.report(reason("Checking", { target }));
  const health = worst(await untilSettled(job, applied));
  const log = job.signal.aborted ? [] : await readTaskLog(job, main.manifest.metadata.name);
  await keepLog(job, log);
  const detail = log.at(-1)?.text ?? "";
  if (health?.state === "ready")
    return { phase: "succeeded", reason: reason("Reachable", { target, detail }), output: { saw: detail } };
  // The last line of the log is already part of the reason.
  const evidence = (health?.evidence ?? []).filter((one) => one.source !== "log" || one.text.trim() !== detail);
  if (health?.reason.code === "TaskFailed" && detail !== "")
    return { phase: "failed", reason: reason("Unreachable", { target, detail }), evidence, retryable: true };
  return {
    phase: health?.state === "rejected" ? "rejected" : "failed",
    reason: health?.reason ?? reason("Checking", { target }),
    evidence,
    retryable: true,
  };
}

/** The Job that this attempt created before a crash. A Job of an older attempt is removed, and the result is `null`. */
async function fresh(job: JobRun<unknown>, wanted: PlannedObject): Promise<readonly Applied[] | null> {
  const live = await findOwn(job, wanted.manifest);
  if (live === null) return null;
  if (live.metadata.annotations?.[ANNOTATIONS.attempt] === markOf(job) && live.metadata.deletionTimestamp === undefined)
    return [await adoptOwn(job, wanted, live)];
  const uid = live.metadata.uid ?? "";
  await withRetries(job, () => job.cluster.remove(refOf(live), { signal: job.signal, uid }));
  return null;
}

/** The address that is checked: `db.example.com:5432`, or a URL. */
function targetOf(manifest: Manifest): string {
  const variables = dig(manifest, "spec", "template", "spec", "containers", 0, "env");
  const values = new Map(
    (Array.isArray(variables) ? variables : [])
      .filter(isObject)
      .map((one) => [one["name"], typeof one["value"] === "string" ? one["value"] : ""]),
  );
  return values.get("URL") ?? `${values.get("HOST") ?? "?"}:${values.get("PORT") ?? "?"}`;
}

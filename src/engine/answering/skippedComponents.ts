// Finds the components that the newest run left out because their condition was false: they should not be deployed, or
// should stay as they were. The jobs of runs decide that; the objects on the cluster say nothing about what was wanted.
import type { Health } from "../../model/kubernetes/health.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { Job } from "../../model/run/run.ts";
import { printCondition } from "../../plan/workflow/conditions/printCondition.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ApplicationKey } from "../contract/requests.ts";
import { isLeftOut } from "../deciding/rootJob.ts";
import { decisionOn, type RunHistory, versionThere } from "./pastRuns.ts";

export interface LeftOut extends Pick<Health, "reason" | "evidence"> {
  /** Whether an older version is on the cluster. It stays as it is. */
  readonly isThere: boolean;
  /** The jobs that were left out. They may be of an earlier run, because a repair has none. */
  readonly jobs: readonly Job[];
}

/** The components that were left out, by name. */
export async function leftVersions(
  { store }: Dependencies<"store">,
  key: ApplicationKey,
  { revision, lastRun, past }: RunHistory,
): Promise<ReadonlyMap<string, LeftOut>> {
  const left = new Map<string, LeftOut>();
  const onCluster = new Set(
    (await store.inventory.list(key.project, key.application))
      .filter((one) => one.uid !== null)
      .map((one) => one.component),
  );
  for (const { name } of revision.document.components) {
    const planned = revision.plan.jobs.filter((job) => job.component === name);
    const printed = planned.flatMap((job) => (job.condition === undefined ? [] : [printCondition(job.condition)]))[0];
    const decided = await decisionOn(name, { lastRun, past });
    if (decided?.jobs.some((job) => !isLeftOut(job)) === true) continue;
    // When the plan has no condition, the component counts as left out only if one of its jobs was.
    if (printed === undefined && (decided === null || decided.jobs.length === 0)) continue;
    const isOnCluster = onCluster.has(name);
    if (isOnCluster && decided === null) continue;
    const condition = decided?.jobs[0]?.reason.params["condition"] ?? printed ?? "";
    const there = isOnCluster && decided !== null ? await versionThere(name, decided.run, past) : undefined;
    const version = there?.begun ?? there?.revision ?? 0;
    const why =
      version === 0 || decided === null
        ? reason("ConditionFalse", { condition })
        : reason("LeftOut", { condition, run: decided.run.number, revision: version });
    left.set(name, { reason: why, evidence: [], isThere: isOnCluster, jobs: decided?.jobs ?? [] });
  }
  return left;
}

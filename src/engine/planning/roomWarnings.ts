// Warns before a start when the cluster has no room for the pods of a plan, and says when it refuses them. Neither keeps
// a run from being started, because nodes may be added, and the run reports it again. Best effort: a cluster that does
// not answer in time does not delay the plan.

import { tryPods } from "../../jobs/waiting/admittedPods.ts";
import { inBatches } from "../../model/data/batches.ts";
import type { CapacityVerdict, PodGroup } from "../../model/kubernetes/capacity.ts";
import { refKey, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { podGroupOf, queueOf } from "../../model/kubernetes/podGroups.ts";
import { type Problem, refusal, warning } from "../../model/problems/problem.ts";
import type { ReasonCode } from "../../model/reasons/reason.ts";
import type { ChangeAction, Plan } from "../../model/run/plan.ts";
import type { ApplyOptions, Cluster } from "../../ports/cluster.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { askForRoom } from "./askForRoom.ts";
import { objectsOf } from "./preflight.ts";

interface RoomQuestion {
  readonly project: string;
  readonly cluster: Cluster;
  readonly plan: Plan;
  readonly pointerOf: (component: string | null) => string;
  /** How the pods are tried out. */
  readonly options: ApplyOptions;
}

export async function capacityWarnings(
  dependencies: Dependencies<"clock">,
  asked: RoomQuestion,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const { cluster, plan, project, pointerOf, options } = asked;
  const { capacity } = cluster;
  const actions = new Map(plan.changes.map((change) => [refKey(change.object), change.action]));
  const oneByOne = gangWarnings(asked, actions);
  if (capacity === undefined) return oneByOne;
  const found = await askForRoom(dependencies, signal, (bounded) =>
    inBatches(objectsOf(plan), async ({ object, component }) => {
      const ref = refOf(object.manifest);
      const action = actions.get(refKey(ref));
      const group = podGroupOf(object.manifest);
      if (group === undefined || (action !== "create" && action !== "update") || bounded.aborted) return [];
      const where = { cluster: cluster.name, object: shortRef(ref) };
      const closed = await capacity.queueTrouble?.(object.manifest, bounded).catch(() => undefined);
      // missingNames.ts reports a queue that does not exist, with the nearest one that does.
      if (closed !== undefined && closed.code !== "QueueMissing")
        return [{ ...refusal("NeverRoom", pointerOf(component), where), cause: closed }];
      const groups = await admitted(cluster, group, { ...options, signal: bounded });
      const verdict = await capacity.check({ groups, project }, bounded).catch(() => undefined);
      const code = verdict === undefined ? undefined : codeFor(verdict, action);
      if (verdict === undefined || code === undefined) return [];
      const found = (code === "NeverRoom" ? refusal : warning)(code, pointerOf(component), where);
      return [{ ...found, cause: verdict.reason }];
    }),
  );
  return [...oneByOne, ...found.flat()];
}

/**
 * The pods as the cluster would have them. When it refuses them now, the run reports that, and the room is judged by
 * the pods as planned; so it is while their namespace does not exist yet.
 */
async function admitted(cluster: Cluster, group: PodGroup, options: ApplyOptions): Promise<readonly PodGroup[]> {
  const tried = await tryPods(cluster, [group], options).catch(() => undefined);
  return tried === undefined || "refused" in tried ? [group] : tried.groups;
}

/**
 * Warnings for Jobs with several pods. The pods only start together when a queue on the cluster decides about all of
 * them at once.
 */
function gangWarnings({ plan, cluster, pointerOf }: RoomQuestion, actions: ReadonlyMap<string, ChangeAction>) {
  if (cluster.kind === "sandbox") return [];
  return objectsOf(plan).flatMap(({ object, component }): readonly Problem[] => {
    const ref = refOf(object.manifest);
    const group = ref.kind === "Job" ? podGroupOf(object.manifest) : undefined;
    const isNew = ["create", "update"].includes(actions.get(refKey(ref)) ?? "");
    if (group === undefined || group.count < 2 || !isNew || queueOf(group.pod) !== undefined) return [];
    const params = { object: shortRef(ref), count: group.count, cluster: cluster.name };
    return [warning("PodsOneByOne", pointerOf(component), params)];
  });
}

/** Reasons with which there is no room now, although only the autoscaler knows whether there will be. */
const SHORT: ReadonlySet<ReasonCode> = new Set<ReasonCode>(["AutoscalerMayGrow", "AutoscalerSilent"]);

/**
 * The warning for a verdict. An object that is updated already has room for its new pods, so only room that can never
 * exist is reported.
 */
function codeFor(
  { class: verdict, reason: why }: CapacityVerdict,
  action: ChangeAction,
): "NeverRoom" | "NoRoomNow" | undefined {
  if (verdict === "rejected" && (action === "create" || action === "update")) return "NeverRoom";
  const isShort = verdict === "waits" || (verdict === "unknown" && SHORT.has(why.code));
  return isShort && action === "create" ? "NoRoomNow" : undefined;
}

// Whether the cluster has room for what a plan makes, said before anything is started. Only warnings: nodes may come, and a run says it again.
// Best effort: a cluster that does not tell of its nodes in time holds no plan up.
import { inBatches } from "../../model/data/batches.ts";
import type { CapacityVerdict } from "../../model/kubernetes/capacity.ts";
import { refKey, refOf, shortRef } from "../../model/kubernetes/manifest.ts";
import { podGroupOf, queueOf } from "../../model/kubernetes/podGroups.ts";
import { type Problem, warning } from "../../model/problems/problem.ts";
import type { ChangeAction, Plan } from "../../model/run/plan.ts";
import type { Cluster } from "../../ports/cluster.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import { askForRoom } from "./askForRoom.ts";
import { objectsOf } from "./preflight.ts";

interface RoomQuestion {
  readonly project: string;
  readonly cluster: Cluster;
  readonly plan: Plan;
  readonly pointerOf: (component: string | null) => string;
}

export async function warnOfRoom(
  dependencies: Dependencies<"clock">,
  asked: RoomQuestion,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const { cluster, plan, project, pointerOf } = asked;
  const { capacity } = cluster;
  const actions = new Map(plan.changes.map((change) => [refKey(change.object), change.action]));
  const oneByOne = gangWarnings(asked, actions);
  if (capacity === undefined) return oneByOne;
  const found = await askForRoom(dependencies, signal, (bounded) =>
    inBatches(objectsOf(plan), async ({ object, component }) => {
      const ref = refOf(object.manifest);
      const action = actions.get(refKey(ref));
      const group = podGroupOf(object.manifest);
      if (group === undefined || action === undefined || bounded.aborted) return [];
      const verdict = await capacity.check({ groups: [group], project }, bounded).catch(() => undefined);
      const code = verdict === undefined ? undefined : codeFor(verdict, action);
      if (verdict === undefined || code === undefined) return [];
      const found = warning(code, pointerOf(component), { cluster: cluster.name, object: shortRef(ref) });
      return [{ ...found, cause: verdict.reason }];
    }),
  );
  return [...oneByOne, ...found.flat()];
}

/** All or none is a promise only where something on the cluster decides about all pods at once. */
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

/** What is updated holds room already, which its new pods get: only what it can never have is told. */
function codeFor({ class: verdict }: CapacityVerdict, action: ChangeAction): "NeverRoom" | "NoRoomNow" | undefined {
  if (verdict === "rejected" && (action === "create" || action === "update")) return "NeverRoom";
  return verdict === "waits" && action === "create" ? "NoRoomNow" : undefined;
}

// Reads objects of the sandbox: what clients created, and what follows from its state or belongs to it from the start
// (nodes, quotas, queues).
import type { Manifest, ObjectRef } from "../model/kubernetes/manifest.ts";
import type { ListedKind } from "../ports/cluster.ts";
import { withStatus } from "./health/jobStatus.ts";
import { quotaObjects } from "./objects/quotaObjects.ts";
import { givenQueue } from "./queues/clusterQueue.ts";
import { type SandboxState, viewOf } from "./state.ts";

export function readObject(state: SandboxState, ref: ObjectRef): Manifest | null {
  const live = state.objects.get(ref);
  if (live !== undefined) return withStatus(live, viewOf(state));
  const simulated = simulatedObjects(state, ref.kind).find(
    ({ metadata }) => metadata.name === ref.name && (metadata.namespace ?? "") === ref.namespace,
  );
  return simulated ?? givenQueue(ref) ?? null;
}

export function listObjects(state: SandboxState, { kind, namespace, labels = {} }: ListedKind): readonly Manifest[] {
  const stored = state.objects.list().filter(({ manifest }) => manifest.kind === kind);
  const all = [...simulatedObjects(state, kind), ...stored.map((one) => withStatus(one, viewOf(state)))];
  return all.filter(
    ({ metadata }) =>
      (namespace === "" || metadata.namespace === namespace) &&
      Object.entries(labels).every(([name, value]) => metadata.labels?.[name] === value),
  );
}

/** Objects that no client created. */
function simulatedObjects(state: SandboxState, kind: string): readonly Manifest[] {
  if (kind === "Node") return state.nodes;
  return kind === "ResourceQuota" ? quotaObjects(state) : [];
}

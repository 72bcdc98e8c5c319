// Finds the pod that the scheduler cannot place, so that its room is judged by the pod that exists and not by the
// template: webhooks and queues have changed it.

import type { PodGroup } from "../../model/kubernetes/capacity.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import type { Cluster } from "../../ports/cluster.ts";

type Reading = Pick<Cluster, "read">;

/** The group with the pod that the evidence names; unchanged when there is no such pod. */
export async function withUnplacedPod(
  cluster: Reading,
  group: PodGroup,
  { evidence, signal }: { readonly evidence: readonly Evidence[]; readonly signal: AbortSignal },
): Promise<PodGroup> {
  const name = podNameIn(evidence);
  return name === undefined ? group : readPod(cluster, group, { name, signal });
}

/** The same for one group that is judged again and again: each pod is read once, because its spec hardly changes. */
export function rememberUnplacedPod(
  cluster: Reading,
  group: PodGroup,
): (evidence: readonly Evidence[], signal: AbortSignal) => Promise<PodGroup> {
  let known: { readonly name: string; readonly group: PodGroup } | undefined;
  return async (evidence, signal) => {
    const name = podNameIn(evidence);
    if (name === undefined) return group;
    if (known?.name !== name) known = { name, group: await readPod(cluster, group, { name, signal }) };
    return known.group;
  };
}

function podNameIn(evidence: readonly Evidence[]): string | undefined {
  return evidence.map(({ object }) => /^Pod\/(.+)$/.exec(object)?.[1]).find((one) => one !== undefined);
}

async function readPod(
  cluster: Reading,
  group: PodGroup,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): Promise<PodGroup> {
  const { namespace = "" } = group.pod.metadata;
  const live = await cluster.read({ apiVersion: "v1", kind: "Pod", namespace, name }, signal);
  return live === null ? group : { count: group.count, pod: named(live, group.pod.metadata.name), admitted: true };
}

/** Reservations and the queue know the pods by the name of the object that creates them. */
function named(live: Manifest, name: string): Manifest {
  const { namespace = "", labels = {}, annotations = {} } = live.metadata;
  return { ...live, metadata: { name, namespace, labels, annotations } };
}

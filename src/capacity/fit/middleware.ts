// Where a middleware such as HAMi shares devices out, the amounts of a node do not say whether a pod fits: a card counts
// as ten `nvidia.com/gpu`, and no node offers `nvidia.com/gpumem`. This file finds the pods for which the arithmetic
// about nodes must not be used. HAMi's own arithmetic for NVIDIA cards is in hamiFit.ts.

import type { Params } from "../../model/data/text.ts";
import { HAMI_RESOURCES, HAMI_SCHEDULER } from "../devices/hamiPod.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { PodShape } from "../view/podFacts.ts";

/** Amounts of memory and cores of a part of a device, in the names of all vendors that HAMi shares. */
const PART_OF_DEVICE = /^[^/]+\/.*(mem|memory|mem-percentage|memory-percentage|cores?)$/i;
/** Vendors of which HAMi counts the devices itself, in annotations that kubemin does not read. */
const COUNTED_BY_HAMI =
  /^(amd\.com|cambricon\.com|huawei\.com|hygon\.com|metax-tech\.com|enflame\.com|kunlunxin\.com|iluvatar\.ai|mthreads\.com|birentech\.com|vastaitech\.com)\//;

/**
 * Why only the middleware can decide; `undefined` when the nodes' amounts decide. `admitted`: the pod is as the cluster
 * has it, so its scheduler is known.
 */
export function decidedByMiddleware(shape: PodShape, admitted: boolean, view: ClusterView): Params | undefined {
  const { scheduler } = shape;
  if (scheduler === HAMI_SCHEDULER) {
    const resource = find(shape, (name) => COUNTED_BY_HAMI.test(name));
    return resource === undefined ? undefined : { detail: "SharesOfDevices", scheduler, resource };
  }
  if (scheduler !== "default-scheduler") return undefined;
  const part = find(shape, (name) => PART_OF_DEVICE.test(name) && !isOffered(name, view));
  // HAMi's webhook may be down for a moment, so even an admitted pod does not prove that it never takes the pod.
  if (part !== undefined && (!admitted || hasSharedCards(view)))
    return { detail: "SharesOfDevices", scheduler: "HAMi", resource: part };
  const card = find(shape, (name) => HAMI_RESOURCES.has(name));
  return !admitted && card !== undefined && hasSharedCards(view) ? { detail: "WebhooksMayChange" } : undefined;
}

function find({ demands }: PodShape, test: (resource: string) => boolean): string | undefined {
  return demands.find(([resource]) => test(resource))?.[0];
}

function isOffered(resource: string, view: ClusterView): boolean {
  for (const node of view.nodes()) if (node.atBest.has(resource)) return true;
  return false;
}

function hasSharedCards(view: ClusterView): boolean {
  for (const node of view.nodes()) if (node.hami.length > 0) return true;
  return false;
}

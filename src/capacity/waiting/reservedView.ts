// The view of a cluster in which reserved room counts as used. Everything that reads the view respects reservations in
// this way: fit, packing, rules between pods, preemption, quotas and devices.
import type { JsonObject } from "../../model/data/json.ts";
import type { HamiShare } from "../devices/hamiPod.ts";
import { addTo } from "../kubernetes/amounts.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { CountedKind, Occupancy } from "../view/podTable.ts";
import type { PodKind } from "../view/records.ts";

/** One pod that is expected on a node. */
export interface ReservedPod {
  readonly node: string;
  readonly kind: PodKind;
  readonly hami: readonly HamiShare[];
  /** `driver/pool/device` of each device that was found for the pod. */
  readonly devices: readonly string[];
  /** The spec by which quotas count the pod; `undefined` when no quota counts it. */
  readonly spec?: JsonObject;
}

export interface ReservedRoom {
  readonly pods: readonly ReservedPod[];
  /** `driver/pool/device` of all reserved devices. */
  readonly devices: readonly string[];
  /** Pods that quotas do not count yet, although they will. */
  readonly charges: readonly { readonly namespace: string; readonly spec: JsonObject }[];
}

export function withReserved(view: ClusterView, { pods, devices, charges }: ReservedRoom): ClusterView {
  if (pods.length + devices.length === 0) return view;
  const byNode = Map.groupBy(pods, ({ node }) => node);
  const known = new Map<string, Occupancy>();
  const kinds: readonly CountedKind[] = pods.map(({ kind, node }) => ({ kind, nodes: new Map([[node, 1]]) }));
  const keepingOff = kinds.filter(({ kind }) => kind.keepsOff.length > 0);
  const taken = new Set(devices);
  return {
    ...view,
    kinds: () => joined(view.kinds(), kinds),
    keepingOff: () => joined(view.keepingOff(), keepingOff),
    occupancy: (node) => {
      const own = byNode.get(node);
      if (own === undefined) return view.occupancy(node);
      const together = known.get(node) ?? joinedOccupancy(view.occupancy(node), own);
      known.set(node, together);
      return together;
    },
    isTaken: (device) => taken.has(device) || view.isTaken(device),
    charged: (namespace) => charges.filter((one) => one.namespace === namespace).map(({ spec }) => spec),
  };
}

function* joined<T>(first: Iterable<T>, second: Iterable<T>): Generator<T> {
  yield* first;
  yield* second;
}

function joinedOccupancy({ used, kinds, nominated, hami }: Occupancy, pods: readonly ReservedPod[]): Occupancy {
  const sum = new Map(used);
  const counted = new Map(kinds);
  for (const { kind } of pods) {
    addTo(sum, kind.requests);
    counted.set(kind, (counted.get(kind) ?? 0) + 1);
  }
  return { used: sum, kinds: counted, nominated, hami: new Set([...hami, ...pods.map((pod) => pod.hami)]) };
}

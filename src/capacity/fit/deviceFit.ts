// How many pods find their devices on a node. Each request needs devices of its own. They are matched by augmenting
// paths, so that a request that accepts any device does not take the only device that another request accepts.

import { type Params } from "../../model/data/text.ts";
import { type Reason, reason, withAlso } from "../../model/reasons/reason.ts";
import { isFree, type OfferedDevice, type Pools } from "../devices/devicePools.ts";
import type { DeviceRequest, DeviceWish } from "../devices/deviceWish.ts";
import { nodeSelector } from "../kubernetes/selectors.ts";
import type { NodeRecord } from "../view/records.ts";

export interface DeviceFit {
  /** Why this cannot be decided for any node; `undefined` when it can. */
  readonly undecided: Params | undefined;
  /** The number of pods when all devices are free. */
  ever(node: NodeRecord, most: number): number;
  /** The number of pods now; `undefined` when this cannot be decided for the node. */
  now(node: NodeRecord, most: number): number | undefined;
  /** Why there is no room now, although there may be later. */
  whyTaken(node: NodeRecord): Reason;
  /** The keys of the devices that the pod could use on the node and that claims have now. */
  taken(node: NodeRecord): readonly string[];
  /** Resources that drivers offer as devices on this node, so that its allocatable amounts do not list them. */
  covers(node: NodeRecord): ReadonlySet<string>;
  /**
   * Some devices are reachable from several nodes: a device that is counted for one node may be missing on the next.
   */
  readonly hasShared: boolean;
}

export function createDeviceFit(wish: DeviceWish, pools: Pools): DeviceFit {
  const bound = wish.bound.map(nodeSelector);
  const unitsFor = (node: NodeRecord): readonly DeviceRequest[] => [
    ...wish.requests,
    ...[...wish.extended].filter(([resource]) => !node.allocatable.has(resource)).map(([, request]) => request),
  ];
  const devicesFor = (node: NodeRecord): readonly OfferedDevice[] => [
    ...(pools.onNode.get(node.name) ?? []),
    ...pools.shared.filter((one) => one.reaches(node)).flatMap((one) => one.devices),
  ];
  const undecided = [...wish.undecided, ...pools.unknown][0];
  return {
    undecided,
    hasShared: pools.shared.length > 0,
    ever: (node, most) =>
      place({
        requests: unitsFor(node),
        devices: devicesFor(node),
        most,
        usable: (one, request) => selects(one, request) !== false,
      }),
    now: (node, most) => {
      const requests = unitsFor(node);
      const devices = devicesFor(node);
      if (!bound.every((reaches) => reaches(node))) return 0;
      if (isUnclear(requests, devices)) return undefined;
      return place({
        requests,
        devices,
        most,
        usable: (one, request) => isFree(one, request.tolerations) && selects(one, request) === true,
      });
    },
    whyTaken: (node) => {
      if (!bound.every((reaches) => reaches(node))) return reason("DevicesElsewhere");
      const matching = matchingOn(unitsFor(node), devicesFor(node));
      const taken = matching.filter(({ device }) => device.taken).length;
      const kept = matching.filter(
        ({ device, request }) => !device.taken && !isFree(device, request.tolerations),
      ).length;
      const why = reason("DevicesTaken", { taken, of: matching.length });
      return kept === 0 ? why : withAlso(why, reason("DevicesTainted", { count: kept }));
    },
    taken: (node) =>
      matchingOn(unitsFor(node), devicesFor(node)).flatMap(({ device }) => (device.taken ? [device.key] : [])),
    covers: (node) => new Set([...wish.extended.keys()].filter((resource) => !node.allocatable.has(resource))),
  };
}

/** The devices that one of the requests selects, each once. */
function matchingOn(requests: readonly DeviceRequest[], devices: readonly OfferedDevice[]) {
  return devices.flatMap((device) => {
    const request = requests.find((one) => selects(device, one) === true);
    return request === undefined ? [] : [{ device, request }];
  });
}

function isUnclear(requests: readonly DeviceRequest[], devices: readonly OfferedDevice[]): boolean {
  return requests.some((request) =>
    devices.some((one) => {
      const selected = selects(one, request);
      return selected === undefined || (selected && one.entangled && isFree(one, request.tolerations));
    }),
  );
}

function selects(device: OfferedDevice, { selectors }: DeviceRequest): boolean | undefined {
  let result: boolean | undefined = true;
  for (const selector of selectors) {
    const holds = selector(device);
    if (holds === false) return false;
    if (holds === undefined) result = undefined;
  }
  return result;
}

interface Placing {
  readonly requests: readonly DeviceRequest[];
  readonly devices: readonly OfferedDevice[];
  readonly most: number;
  readonly usable: (device: OfferedDevice, request: DeviceRequest) => boolean;
}

function place({ requests, devices, most, usable }: Placing): number {
  const units = requests.flatMap((request) => {
    const edges = devices.flatMap((device, index) => (usable(device, request) ? [index] : []));
    return Array.from({ length: request.count }, () => edges);
  });
  if (units.length === 0) return most;
  const owner = new Map<number, readonly number[]>();
  const assign = (edges: readonly number[], seen: Set<number>): boolean =>
    edges.some((index) => {
      if (seen.has(index)) return false;
      seen.add(index);
      const before = owner.get(index);
      if (before !== undefined && !assign(before, seen)) return false;
      owner.set(index, edges);
      return true;
    });
  for (let pods = 0; pods < most; pods += 1) if (!units.every((edges) => assign(edges, new Set()))) return pods;
  return most;
}

// How many pods find their devices on a node. Each request needs devices of its own. They are matched by augmenting
// paths, so that a request that accepts any device does not take the only device that another request accepts.

import { type Params } from "../../model/data/text.ts";
import { type Reason, reason, withAlso } from "../../model/reasons/reason.ts";
import { isOpen, type OfferedDevice, type Pools } from "../devices/devicePools.ts";
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
  /** For each of so many pods, the devices that it would get on the node. There must be room for all of them. */
  choose(node: NodeRecord, pods: number): readonly (readonly string[])[];
  /** Resources that drivers offer as devices on this node, so that its allocatable amounts do not list them. */
  covers(node: NodeRecord): ReadonlySet<string>;
  /**
   * Some devices are reachable from several nodes: a device that is counted for one node may be missing on the next.
   */
  readonly hasShared: boolean;
}

/** `isTaken`: whether a device, by its key, belongs to another claim. */
export function createDeviceFit(wish: DeviceWish, pools: Pools, isTaken: (device: string) => boolean): DeviceFit {
  const bound = wish.bound.map(nodeSelector);
  const unitsFor = (node: NodeRecord): readonly DeviceRequest[] => [
    ...wish.requests,
    ...[...wish.extended].filter(([resource]) => !node.allocatable.has(resource)).map(([, request]) => request),
  ];
  const devicesFor = (node: NodeRecord): readonly OfferedDevice[] => [
    ...(pools.onNode.get(node.name) ?? []),
    ...pools.shared.filter((one) => one.reaches(node)).flatMap((one) => one.devices),
  ];
  const isFree = (one: OfferedDevice, request: DeviceRequest): boolean =>
    !isTaken(one.key) && isOpen(one, request.tolerations);
  const usable = (one: OfferedDevice, request: DeviceRequest): boolean =>
    isFree(one, request) && selects(one, request) === true;
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
      }).pods,
    now: (node, most) => {
      const requests = unitsFor(node);
      const devices = devicesFor(node);
      if (!bound.every((reaches) => reaches(node))) return 0;
      if (isUnclear({ requests, devices, isFree })) return undefined;
      return place({ requests, devices, most, usable }).pods;
    },
    choose: (node, pods) => {
      const { chosen } = place({ requests: unitsFor(node), devices: devicesFor(node), most: pods, usable });
      return Array.from({ length: pods }, (_, pod) => chosen.flatMap((one) => (one.pod === pod ? [one.device] : [])));
    },
    whyTaken: (node) => {
      if (!bound.every((reaches) => reaches(node))) return reason("DevicesElsewhere");
      const matching = matchingOn(unitsFor(node), devicesFor(node));
      const taken = matching.filter(({ device }) => isTaken(device.key)).length;
      const kept = matching.filter(({ device, request }) => !isTaken(device.key) && !isFree(device, request)).length;
      const why = reason("DevicesTaken", { taken, of: matching.length });
      return kept === 0 ? why : withAlso(why, reason("DevicesTainted", { count: kept }));
    },
    taken: (node) =>
      matchingOn(unitsFor(node), devicesFor(node)).flatMap(({ device }) => (isTaken(device.key) ? [device.key] : [])),
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

interface Offer {
  readonly requests: readonly DeviceRequest[];
  readonly devices: readonly OfferedDevice[];
  readonly isFree: (device: OfferedDevice, request: DeviceRequest) => boolean;
}

function isUnclear({ requests, devices, isFree }: Offer): boolean {
  return requests.some((request) =>
    devices.some((one) => {
      const selected = selects(one, request);
      return selected === undefined || (selected && one.entangled && isFree(one, request));
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

interface Unit {
  readonly pod: number;
  readonly edges: readonly number[];
}

interface Placed {
  readonly pods: number;
  readonly chosen: readonly { readonly pod: number; readonly device: string }[];
}

function place({ requests, devices, most, usable }: Placing): Placed {
  const units = requests.flatMap((request) => {
    const edges = devices.flatMap((device, index) => (usable(device, request) ? [index] : []));
    return Array.from({ length: request.count }, () => edges);
  });
  if (units.length === 0) return { pods: most, chosen: [] };
  const owner = new Map<number, Unit>();
  const assign = (unit: Unit, seen: Set<number>): boolean =>
    unit.edges.some((index) => {
      if (seen.has(index)) return false;
      seen.add(index);
      const before = owner.get(index);
      if (before !== undefined && !assign(before, seen)) return false;
      owner.set(index, unit);
      return true;
    });
  let pods = 0;
  while (pods < most && units.every((edges) => assign({ pod: pods, edges }, new Set()))) pods += 1;
  return { pods, chosen: [...owner].map(([index, { pod }]) => ({ pod, device: devices[index]?.key ?? "" })) };
}

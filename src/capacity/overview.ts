// The overview of a cluster for users, by flavor: its amounts, what is free, which runs have it and which requests
// wait. No check uses it.
import type { CapacityOverview, FlavorRoom, QueuePosition, WaitingRoom } from "../model/kubernetes/capacity.ts";
import { reason } from "../model/reasons/reason.ts";
import type { QueuedRequest } from "./capacityQueue.ts";
import { isOpen as isOpenDevice, type OfferedDevice, readPools } from "./devices/devicePools.ts";
import { cardFlavors, isShownByCard } from "./explain/cardFlavors.ts";
import { deviceHolders } from "./explain/deviceHolders.ts";
import { holdersAmong } from "./explain/shortages.ts";
import { isExtended, writeAmount } from "./kubernetes/amounts.ts";
import { keptOffBy, TRANSIENT } from "./kubernetes/taints.ts";
import type { ClusterView } from "./view/clusterView.ts";
import { modelOf } from "./view/deviceModels.ts";
import type { NodeRecord, PodKind } from "./view/records.ts";
import type { Lines } from "./waiting/lines.ts";

interface OverviewQuestion {
  readonly view: ClusterView;
  readonly lines: Lines<QueuedRequest>;
  /** The project whose runs are shown by name. */
  readonly project: string;
}

export function overviewOf({ view, lines, project }: OverviewQuestion): CapacityOverview {
  const nodes = [...view.nodes()];
  return {
    nodes: { total: nodes.length, open: nodes.filter(isOpen).length },
    flavors: [
      ...resourceFlavors(view, nodes, project),
      ...cardFlavors(view, { nodes: nodes.filter(({ hami }) => hami.length > 0), project, isOpen }),
      ...deviceFlavors(view, project),
    ],
    waiting: lines.all().map((one) => waitingRoom(one, lines.positionOf(one.id), project)),
  };
}

/**
 * Whether no transient taint keeps pods off. A lasting taint keeps off only some pods, so the node is open to others.
 */
function isOpen({ taints }: NodeRecord): boolean {
  const passing = taints.filter(({ key }) => TRANSIENT.has(key));
  return keptOffBy(passing, []) === undefined;
}

/** Pod slots and the node's own disk are left out, because they are rarely what a user looks for. */
function isShown(resource: string): boolean {
  return resource === "cpu" || resource === "memory" || isExtended(resource);
}

interface Gathered {
  readonly resource: string;
  readonly nodes: NodeRecord[];
  total: number;
  free: number;
  largest: { readonly node: string; readonly free: number };
  readonly kinds: Map<PodKind, number>;
}

function resourceFlavors(view: ClusterView, nodes: readonly NodeRecord[], project: string): readonly FlavorRoom[] {
  const flavors = new Map<string, Gathered>();
  for (const node of nodes)
    for (const [resource, amount] of node.allocatable)
      if (amount > 0 && isShown(resource) && !isShownByCard(node, resource))
        gather(flavors, view, { node, resource, amount });
  return [...flavors]
    .toSorted(([a], [b]) => Number(a.includes("/")) - Number(b.includes("/")) || a.localeCompare(b))
    .map(([flavor, { resource, nodes: own, total, free, largest, kinds }]) => ({
      flavor,
      resource,
      nodes: own.length,
      total: writeAmount(resource, total),
      free: writeAmount(resource, free),
      ...(largest.free > 0 ? { largest: { node: largest.node, free: writeAmount(resource, largest.free) } } : {}),
      holders: holdersAmong(kinds, ({ requests }) => (requests.get(resource) ?? 0) > 0, project),
    }));
}

interface Offer {
  readonly node: NodeRecord;
  readonly resource: string;
  readonly amount: number;
}

function gather(flavors: Map<string, Gathered>, view: ClusterView, { node, resource, amount }: Offer): void {
  const model = isExtended(resource) ? modelOf(node.labels, resource) : undefined;
  const flavor = model === undefined ? resource : `${resource} ${model}`;
  const none = { resource, nodes: [], total: 0, free: 0, largest: { node: "", free: 0 }, kinds: new Map() };
  const row: Gathered = flavors.get(flavor) ?? none;
  flavors.set(flavor, row);
  const { used, kinds } = view.occupancy(node.name);
  const free = isOpen(node) ? Math.max(0, amount - (used.get(resource) ?? 0)) : 0;
  row.nodes.push(node);
  row.total += amount;
  row.free += free;
  if (free > row.largest.free) row.largest = { node: node.name, free };
  for (const [kind, pods] of kinds) row.kinds.set(kind, (row.kinds.get(kind) ?? 0) + pods);
}

interface DeviceRow {
  readonly nodes: Map<string, number>;
  /** The pods that have some of the devices. */
  readonly pods: Map<string, PodKind>;
  total: number;
  free: number;
}

/** Devices of drivers (resource.k8s.io), by driver and product. */
function deviceFlavors(view: ClusterView, project: string): readonly FlavorRoom[] {
  const rows = new Map<string, DeviceRow>();
  const held = deviceHolders(view);
  for (const [node, devices] of readPools(view.devices).onNode)
    for (const device of devices) {
      const flavor = deviceFlavor(device);
      const row = rows.get(flavor) ?? { nodes: new Map(), pods: new Map(), total: 0, free: 0 };
      rows.set(flavor, row);
      for (const [pod, kind] of held.get(device.key) ?? []) row.pods.set(pod, kind);
      const free = isOpenDevice(device, []) && !view.isTaken(device.key) ? 1 : 0;
      row.total += 1;
      row.free += free;
      row.nodes.set(node, (row.nodes.get(node) ?? 0) + free);
    }
  return [...rows].map(([flavor, { nodes, pods, total, free }]) => {
    const [node, most] = [...nodes].toSorted((a, b) => b[1] - a[1])[0] ?? ["", 0];
    return {
      flavor,
      resource: flavor,
      nodes: nodes.size,
      total: String(total),
      free: String(free),
      ...(most > 0 ? { largest: { node, free: String(most) } } : {}),
      holders: holdersAmong(countsOf(pods.values()), () => true, project),
    };
  });
}

function countsOf(kinds: Iterable<PodKind>): ReadonlyMap<PodKind, number> {
  const counts = new Map<PodKind, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function deviceFlavor({ driver, attributes }: OfferedDevice): string {
  const product = attributes["productName"];
  const name = typeof product === "object" && product !== null && "string" in product ? product.string : undefined;
  return typeof name === "string" ? `${driver} ${name}` : driver;
}

function waitingRoom(one: QueuedRequest, place: QueuePosition | undefined, project: string): WaitingRoom {
  const isOwn = one.project === project;
  return {
    name: isOwn ? one.name : "",
    flavor: one.flavor,
    position: place?.position ?? 1,
    ...(isOwn && place?.before !== undefined ? { before: place.before } : {}),
    since: one.since,
    reason: one.reason ?? reason("Beginning"),
  };
}

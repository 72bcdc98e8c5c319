// Explains what a pod waits for: the best node and what it lacks, which runs have it, and what would be possible
// immediately.
import { type BestNode, type CapacityHolders, NO_HOLDERS, type Shortage } from "../../model/kubernetes/capacity.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { usersOf } from "../devices/deviceTable.ts";
import type { DeviceFit } from "../fit/deviceFit.ts";
import type { NodeFit, Obstacle } from "../fit/nodeFit.ts";
import { type Survey, sum } from "../fit/survey.ts";
import { isExtended, namedAmount, writeAmount } from "../kubernetes/amounts.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { PodKind } from "../view/records.ts";
import { isSized, lackOf, type Sized, share } from "./refusals.ts";

interface Short {
  readonly reason: Reason;
  readonly missing: readonly Shortage[];
  readonly best?: BestNode;
  readonly hint?: Reason;
  /** Resources of which other pods have so much that too little is free. */
  readonly resources: readonly string[];
}

export function explainShortage(given: Survey): Short {
  const best = nearestOf(given.suitable);
  const sized = (best?.soft ?? []).filter(isSized);
  const hint = hintFor(given);
  return {
    reason: given.now > 0 ? together(given) : waitingFor(best),
    missing: sized.map(shortage),
    ...(best === undefined ? {} : { best: { name: best.node.name, lacks: best.soft.map(lackOf) } }),
    ...(hint === undefined ? {} : { hint }),
    resources: sized.map((one) => one.resource),
  };
}

function together({ count, now }: Survey): Reason {
  return reason("CapacityTogether", { count, fit: now });
}

/**
 * The weight of each kind of obstacle. A node that only has to become ready comes last: users can act on a shortage,
 * not on that.
 */
const WEIGHT: Readonly<Record<Obstacle["kind"], number>> = {
  short: 1,
  neighbours: 2,
  devices: 2,
  cards: 2,
  unhealthy: 3,
  notReady: 100,
  size: 1_000,
  selector: 1_000,
  taint: 1_000,
  volume: 1_000,
};

/** The nodes that lack least come first; a node without any obstacle comes before them. */
export function nearestFirst(outcomes: readonly NodeFit[]): readonly NodeFit[] {
  return outcomes.toSorted((a, b) => weight(a) - weight(b));
}

function nearestOf(outcomes: readonly NodeFit[]): NodeFit | undefined {
  let [best, least] = [outcomes[0], Number.POSITIVE_INFINITY];
  for (const outcome of outcomes) {
    // A node without an obstacle explains nothing.
    const heavy = outcome.soft.length === 0 ? Number.POSITIVE_INFINITY : weight(outcome);
    if (heavy < least) [best, least] = [outcome, heavy];
  }
  return best;
}

/** Fewer obstacles weigh less, then smaller gaps; a gap of devices counts three times. */
function weight({ soft }: NodeFit): number {
  let sum = 0;
  for (const one of soft) {
    const gap = isSized(one) ? (1 - share(one)) * (isExtended(one.resource) ? 3 : 1) : 0;
    sum += WEIGHT[one.kind] * 10 + gap;
  }
  return sum;
}

function waitingFor(best: NodeFit | undefined): Reason {
  const [first] = (best?.soft ?? []).toSorted((a, b) => rank(a) - rank(b));
  if (best === undefined || first === undefined) return reason("NoNodes");
  if (first.kind === "notReady") return reason("NodeNotReady", { node: best.node.name }, lackOf(first));
  if (!isSized(first)) return reason("PlacementBusy", { node: best.node.name }, lackOf(first));
  const { resource, asked, have, kind } = first;
  if (kind === "unhealthy") {
    const count = (best.node.atBest.get(resource) ?? 0) - (best.node.allocatable.get(resource) ?? 0);
    return reason("UnhealthyDevices", { count, resource, node: best.node.name });
  }
  const params = { need: namedAmount(resource, asked), node: best.node.name, have: writeAmount(resource, have) };
  return reason("CapacityShort", params);
}

/** The order in which obstacles are named: a node that is not ready, then devices, then everything else. */
function rank(obstacle: Obstacle): number {
  if (obstacle.kind === "notReady") return 0;
  return isSized(obstacle) && isExtended(obstacle.resource) ? 1 : 2;
}

function shortage({ resource, asked, have }: Sized): Shortage {
  const missing = writeAmount(resource, asked - have);
  return { resource, asked: writeAmount(resource, asked), free: writeAmount(resource, have), missing };
}

/** "2 GPUs would fit now on gpu-07": given only where nothing else is short, so that the advice is true. */
function hintFor(given: Survey): Reason | undefined {
  if (given.count > 1)
    return given.now > 0 ? reason("PodsWouldFit", { fit: given.now, count: given.count }) : undefined;
  const candidates = given.suitable.flatMap(({ node, soft }) => {
    const [only] = soft;
    if (soft.length !== 1 || !isSized(only) || !isExtended(only.resource) || only.have < 1) return [];
    return [{ node: node.name, only }];
  });
  const best = candidates.toSorted((a, b) => b.only.have - a.only.have)[0];
  if (best === undefined) return undefined;
  return reason("WouldFit", { amount: best.only.have, resource: best.only.resource, node: best.node });
}

/**
 * Which runs have what is short, on nodes that could take the pod. Almost every pod has some cpu, so only the short
 * resources count.
 */
export function holdersOf(
  view: ClusterView,
  given: Survey,
  resources: readonly string[],
  project: string,
): CapacityHolders {
  if (resources.length === 0) return NO_HOLDERS;
  const counts = new Map<PodKind, number>();
  for (const { node } of given.suitable)
    for (const [kind, pods] of view.occupancy(node.name).kinds) counts.set(kind, (counts.get(kind) ?? 0) + pods);
  return holdersAmong(counts, (kind) => resources.some((one) => (kind.requests.get(one) ?? 0) > 0), project);
}

/** Which runs have the devices of drivers that the pod could use. */
export function holdersOfDevices(
  view: ClusterView,
  given: Survey,
  devices: DeviceFit,
  project: string,
): CapacityHolders {
  const keys = new Set(given.suitable.flatMap(({ node }) => devices.taken(node)));
  const counts = new Map<PodKind, number>();
  for (const { namespace, pod } of usersOf(view.devices, keys)) {
    const kind = view.podKind(namespace, pod);
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return holdersAmong(counts, () => true, project);
}

export function holdersInNamespace(view: ClusterView, namespace: string, project: string): CapacityHolders {
  const counts = new Map([...view.kinds()].map(({ kind, nodes }) => [kind, sum([...nodes.values()], (pods) => pods)]));
  return holdersAmong(counts, (kind) => kind.namespace === namespace, project);
}

export function holdersAmong(
  counts: ReadonlyMap<PodKind, number>,
  holds: (kind: PodKind) => boolean,
  project: string,
): CapacityHolders {
  const own = new Set<string>();
  let others = 0;
  for (const [kind, pods] of counts) {
    if (!holds(kind)) continue;
    if (kind.owner.project === project && kind.owner.name !== "") own.add(kind.owner.name);
    else others += pods;
  }
  return { own: [...own].sort(), others };
}

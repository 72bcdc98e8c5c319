// One group of equal pods against all nodes: how many could ever run, how many can run now, and the nodes that explain
// why not more.

import type { PodShape } from "../view/podFacts.ts";
import { type FitContext, fitNode, type NodeFit } from "./nodeFit.ts";

export interface Survey {
  readonly shape: PodShape;
  readonly count: number;
  readonly total: number;
  /** `ever` and `now` are at most `count`. */
  readonly ever: number;
  readonly now: number;
  /**
   * Nodes on which a pod is possible now or later. When there is room now, the list ends with the node that completes
   * it.
   */
  readonly suitable: readonly NodeFit[];
  readonly unsuitable: readonly NodeFit[];
  readonly undecided: boolean;
  /** Where the pods would go now, node by node. */
  readonly places: readonly { readonly node: string; readonly pods: number }[];
}

export function survey(shape: PodShape, count: number, around: FitContext): Survey {
  const suitable: NodeFit[] = [];
  const unsuitable: NodeFit[] = [];
  // Without rules between pods, the search can stop as soon as all pods have a place.
  const soonDone = around.alone && !around.neighbours.constrained;
  let found = 0;
  for (const node of around.view.nodes()) {
    const outcome = fitNode(node, shape, around);
    (outcome.hard === undefined ? suitable : unsuitable).push(outcome);
    if (outcome.hard === undefined && outcome.soft.length === 0 && !outcome.undecided) found += outcome.now;
    if (soonDone && found >= count) break;
  }
  const places = placesFor(suitable, count, around);
  return {
    shape,
    count,
    total: around.view.nodeCount(),
    ever: Math.min(
      count,
      sum(suitable, (one) => one.ever),
      around.neighbours.most(suitable.map((one) => one.node)),
    ),
    now: sum(places, (one) => one.pods),
    suitable,
    unsuitable,
    undecided: suitable.some((one) => one.undecided),
    places,
  };
}

export function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}

/** The longest search for places that depend on each other: pods times nodes. */
const SEARCH_LIMIT = 2_000_000;

/** Whether the rules between pods would make the search longer than the limit. */
export function isTooLarge(count: number, around: FitContext): boolean {
  return around.neighbours.constrained && count * around.view.nodeCount() > SEARCH_LIMIT;
}

function placesFor(suitable: readonly NodeFit[], count: number, around: FitContext): Survey["places"] {
  const free = suitable.filter((one) => one.now > 0 && one.soft.every(({ kind }) => kind === "neighbours"));
  if (around.neighbours.constrained) return isTooLarge(count, around) ? [] : oneByOne(free, count, around);
  const places: Survey["places"][number][] = [];
  let left = count;
  for (const { node, now, soft } of free) {
    if (left === 0) break;
    if (soft.length > 0) continue;
    const pods = Math.min(left, now);
    places.push({ node: node.name, pods });
    left -= pods;
  }
  return places;
}

/** Places one pod after another, because each placed pod may exclude a node for the next pod, or allow one. */
function oneByOne(free: readonly NodeFit[], count: number, { neighbours }: FitContext): Survey["places"] {
  const placed = new Map<string, number>();
  for (let pod = 0; pod < count; pod += 1) {
    const next = free.find(
      ({ node, now }) => (placed.get(node.name) ?? 0) < now && neighbours.conflict(node) === undefined,
    );
    if (next === undefined) break;
    neighbours.place(next.node);
    placed.set(next.node.name, (placed.get(next.node.name) ?? 0) + 1);
  }
  return [...placed].map(([node, pods]) => ({ node, pods }));
}

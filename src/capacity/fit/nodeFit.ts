// One pod shape and one node: what keeps the pod off for ever, what keeps it off now, and how many such pods would fit.

import { type Reason, reason } from "../../model/reasons/reason.ts";
import { allUsable, hamiUsage, isHamiUndecided, placeHami } from "../devices/hamiFit.ts";
import { keptOffBy, type Taint, TRANSIENT } from "../kubernetes/taints.ts";
import type { Neighbours } from "../neighbours/neighbours.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { PodShape } from "../view/podFacts.ts";
import type { NodeRecord } from "../view/records.ts";
import type { DeviceFit } from "./deviceFit.ts";

/** What the node has of a resource, and what one pod asks for. */
export interface Amount {
  readonly resource: string;
  readonly asked: number;
  readonly have: number;
}

export type Obstacle =
  | {
      readonly kind: "selector" | "taint" | "volume" | "devices" | "cards" | "notReady" | "neighbours";
      /** What is wrong with the node, as a sentence about it. */
      readonly why: Reason;
    }
  /** `amounts`: every resource of which the node is too small; the one that it lacks most is also the obstacle. */
  | (Amount & { readonly kind: "size"; readonly amounts: readonly Amount[] })
  | (Amount & { readonly kind: "short" | "unhealthy" });

export interface NodeFit {
  readonly node: NodeRecord;
  /** An obstacle that remains however long the pod waits. */
  readonly hard: Obstacle | undefined;
  /** Obstacles that may disappear while the pod waits. */
  readonly soft: readonly Obstacle[];
  /** How many such pods fit on the node when it is empty. */
  readonly ever: number;
  readonly now: number;
  /** Only the scheduler can decide about this node. */
  readonly undecided: boolean;
}

export interface FitContext {
  readonly view: ClusterView;
  readonly neighbours: Neighbours;
  readonly devices: DeviceFit | undefined;
  /** The number of pods that are asked for; larger results are not needed. */
  readonly most: number;
  /** The request has no other group of pods. */
  readonly alone: boolean;
}

export function fitNode(node: NodeRecord, shape: PodShape, around: FitContext): NodeFit {
  const never = (hard: Obstacle): NodeFit => ({ node, hard, soft: [], ever: 0, now: 0, undecided: false });
  if (!shape.allowedOn(node)) return never(UNMATCHED.of(shape));
  const taint = keptOffBy(node.taints, shape.tolerations);
  if (taint !== undefined && !TRANSIENT.has(taint.key)) return never(TAINTED.of(taint));
  if (!shape.volumes.every((reaches) => reaches(node)))
    return never({ kind: "volume", why: reason("VolumeOutOfReach") });
  const room = resourceRoom(node, shape, around);
  if (room.ever === 0 && room.size !== undefined) return never(room.size);
  const soft = [...room.soft];
  if (taint !== undefined) soft.push({ kind: "notReady", why: reason("HasTaint", { taint: written(taint) }) });
  const conflict = around.neighbours.conflict(node);
  if (conflict !== undefined) soft.push({ kind: "neighbours", why: conflict });
  return withDevices({ node, hard: undefined, soft, ever: room.ever, now: room.now, undecided: false }, shape, around);
}

/** Makes one obstacle for each object, because thousands of nodes have the same. */
function shared<K extends object>(make: (key: K) => Obstacle): { of(key: K): Obstacle } {
  const known = new WeakMap<K, Obstacle>();
  return {
    of: (key) => {
      const found = known.get(key) ?? make(key);
      known.set(key, found);
      return found;
    },
  };
}

const UNMATCHED = shared<PodShape>(({ wanted }) => ({
  kind: "selector",
  why: reason("DoesNotMatch", { selector: wanted }),
}));
const TAINTED = shared<Taint>((taint) => ({ kind: "taint", why: reason("HasTaint", { taint: written(taint) }) }));

function written({ key, value }: Taint): string {
  return value === "" ? key : `${key}=${value}`;
}

interface Room {
  readonly ever: number;
  readonly now: number;
  readonly size: Obstacle | undefined;
  readonly soft: readonly Obstacle[];
}

const NO_OBSTACLES: readonly Obstacle[] = [];

function resourceRoom(node: NodeRecord, shape: PodShape, around: FitContext): Room {
  const covered = around.devices?.covers(node);
  const taken = takenOf(node, shape, around);
  let [ever, now] = [around.most, around.most];
  let tooSmall: Amount[] | undefined;
  let soft: Obstacle[] | undefined;
  for (const [resource, asked] of shape.demands) {
    if (covered?.has(resource)) continue;
    const best = node.atBest.get(resource) ?? 0;
    if (best < asked) {
      tooSmall ??= [];
      tooSmall.push({ resource, asked, have: best });
      ever = 0;
    } else ever = Math.min(ever, Math.floor(best / asked));
    const used = taken(resource);
    const free = (node.allocatable.get(resource) ?? 0) - used;
    now = Math.min(now, Math.max(0, Math.floor(free / asked)));
    if (free >= asked) continue;
    const kind = best - used >= asked ? "unhealthy" : "short";
    soft ??= [];
    soft.push({ kind, resource, asked, have: Math.max(0, free) });
  }
  return { ever, now, size: tooSmall === undefined ? undefined : sizeOf(tooSmall), soft: soft ?? NO_OBSTACLES };
}

/** Of several resources, the one that the node lacks most explains most. */
function sizeOf(amounts: readonly Amount[]): Obstacle | undefined {
  const [first] = amounts;
  if (first === undefined) return undefined;
  const least = amounts.reduce((a, b) => (b.have / b.asked < a.have / a.asked ? b : a), first);
  return { kind: "size", resource: least.resource, asked: least.asked, have: least.have, amounts };
}

function takenOf(node: NodeRecord, shape: PodShape, around: FitContext): (resource: string) => number {
  const { used, nominated } = around.view.occupancy(node.name);
  const before = nominated.size === 0 ? [] : [...nominated].filter(([kind]) => kind.priority >= shape.priority);
  return (resource) => {
    let sum = used.get(resource) ?? 0;
    for (const [kind, pods] of before) sum += pods * (kind.requests.get(resource) ?? 0);
    return sum;
  };
}

function withDevices(outcome: NodeFit, shape: PodShape, around: FitContext): NodeFit {
  const withHami = shape.hami === undefined ? outcome : hamiOutcome(outcome, shape, around);
  return around.devices === undefined || withHami.hard !== undefined
    ? withHami
    : draOutcome(withHami, around, around.devices);
}

function hamiOutcome(outcome: NodeFit, shape: PodShape, around: FitContext): NodeFit {
  const { node, soft } = outcome;
  if (shape.hami === undefined) return outcome;
  if (node.hami.length === 0) {
    const why = reason("CardsUnregistered");
    // A node with cards registers them as soon as HAMi's plug-in runs on it; a node without cards never does.
    if (!node.atBest.has("nvidia.com/gpu")) return { ...outcome, hard: { kind: "cards", why }, ever: 0, now: 0 };
    return { ...outcome, soft: [...soft, { kind: "notReady", why }], now: 0 };
  }
  if (isHamiUndecided(shape.hami, node.hami)) return { ...outcome, undecided: true };
  const given = { wish: shape.hami, most: around.most };
  const ever = placeHami(allUsable(node.hami), new Map(), given);
  if (ever.pods === 0) return { ...outcome, hard: { kind: "cards", why: cardsMissing(ever.misses) }, ever: 0, now: 0 };
  const used = hamiUsage([...around.view.occupancy(node.name).hami].flat());
  const now = placeHami(node.hami, used, given);
  const more: readonly Obstacle[] = now.pods === 0 ? [{ kind: "cards", why: cardsMissing(now.misses) }] : [];
  return {
    ...outcome,
    soft: [...soft, ...more],
    ever: Math.min(outcome.ever, ever.pods),
    now: Math.min(outcome.now, now.pods),
  };
}

/** For each of so many pods, the shares of cards that it would get on the node. */
export function sharesOn(node: NodeRecord, { hami }: PodShape, given: { view: ClusterView; pods: number }) {
  if (hami === undefined) return [];
  const used = hamiUsage([...given.view.occupancy(node.name).hami].flat());
  return placeHami(node.hami, used, { wish: hami, most: given.pods }).shares;
}

/** `2/4 CardInsufficientMemory, 2/4 CardTypeMismatch`, in the form that HAMi uses. */
function cardsMissing(misses: readonly string[]): Reason {
  const sums = new Map<string, number>();
  for (const one of misses) sums.set(one, (sums.get(one) ?? 0) + 1);
  const detail = [...sums].map(([words, count]) => `${count}/${misses.length} ${words}`).join(", ");
  return reason("CardsMissing", { detail });
}

function draOutcome(outcome: NodeFit, around: FitContext, devices: DeviceFit): NodeFit {
  const { node, soft } = outcome;
  const ever = Math.min(outcome.ever, devices.ever(node, around.most));
  if (ever === 0) return { ...outcome, hard: { kind: "devices", why: reason("NoSuchDevices") }, ever: 0, now: 0 };
  const now = devices.now(node, around.most);
  if (now === undefined) return { ...outcome, ever, undecided: true };
  const more: readonly Obstacle[] = now === 0 ? [{ kind: "devices", why: devices.whyTaken(node) }] : [];
  return { ...outcome, soft: [...soft, ...more], ever, now: Math.min(outcome.now, now) };
}

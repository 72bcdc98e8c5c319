// The answer to all waiting requests of one shape, kept up to date by what changed in the view. For most shapes each
// node answers for itself: how many of the pods have room on it, now and ever. Then only the nodes that changed are
// looked at again, and only a sum that has become large enough, or too small for ever, needs a new judgement. Rules
// between pods, devices of drivers, several groups of pods and preemption need one after every change.
import type { CapacityRequest, CapacityVerdict } from "../model/kubernetes/capacity.ts";
import { type CapacityState, deniedByNamespace, type Study } from "./check.ts";
import { deviceWishOf } from "./devices/deviceWish.ts";
import { type FitContext, fitNode } from "./fit/nodeFit.ts";
import { readTerm } from "./neighbours/term.ts";
import type { Change } from "./view/changeLog.ts";
import type { ClusterView } from "./view/clusterView.ts";
import type { PodShape } from "./view/podFacts.ts";

/**
 * waits: no change since the last judgement can have made room · judge: the class may have changed · unsure: something
 * changed, and only a judgement of the whole cluster can tell what it means
 */
type Outlook = "waits" | "judge" | "unsure";

export interface ShapeRoom {
  /** The verdict of the last judgement. */
  readonly verdict: CapacityVerdict | undefined;
  /** Something changed since the last judgement, so its reason may be old. */
  readonly isOld: boolean;
  /** `seen`: the view in which everything that is reserved counts as used. */
  outlook(request: CapacityRequest, state: CapacityState, seen: ClusterView): Outlook;
  /** The names of the nodes that are known to have room for a pod. */
  roomy(): readonly string[];
  /** `version`: of the view when it was judged. */
  learn(judged: { verdict: CapacityVerdict; studies: readonly Study[]; version: number }): void;
  forget(): void;
}

interface NodeRooms {
  readonly shape: PodShape;
  readonly around: FitContext;
  /** Both numbers of a node in one, because there may be a million of these: see `pack`. */
  readonly byNode: Map<string, number>;
  /** Nodes with room for a pod now. */
  readonly roomy: Set<string>;
  ever: number;
  now: number;
}

export function createShapeRoom(): ShapeRoom {
  let verdict: CapacityVerdict | undefined;
  let rooms: NodeRooms | undefined;
  let [version, isOld, denied] = [0, false, false];
  return {
    get verdict() {
      return verdict;
    },
    get isOld() {
      return isOld;
    },
    outlook(request, state, seen) {
      const changes = state.view.changes.since(version);
      if (verdict === undefined || changes === undefined) return "judge";
      if (changes.length === 0) return isOld && rooms === undefined && !denied ? "unsure" : "waits";
      isOld = true;
      version = state.view.changes.version();
      const result =
        rooms === undefined ? withoutRooms(denied, changes, request) : follow(rooms, changes, { request, state, seen });
      // What follows is known only after the next judgement.
      if (result === "judge") verdict = undefined;
      return result;
    },
    roomy: () => [...(rooms?.roomy ?? [])],
    learn(judged) {
      ({ verdict, version } = judged);
      isOld = false;
      denied = judged.studies.length === 0;
      rooms = verdict.class === "waits" ? roomsIn(judged.studies) : undefined;
    },
    forget() {
      verdict = undefined;
    },
  };
}

/** `denied`: the answer did not depend on the nodes, but on the rules of the namespace or on having a node at all. */
function withoutRooms(denied: boolean, changes: readonly Change[], { groups }: CapacityRequest): Outlook {
  if (!denied) return "unsure";
  const own = new Set(groups.map(({ pod }) => pod.metadata.namespace));
  const concerns = ({ quotasOf, limitsOf, kind, node }: Change): boolean =>
    own.has(quotasOf) || own.has(limitsOf) || (kind === undefined ? node !== undefined : own.has(kind.namespace));
  return changes.some(concerns) ? "judge" : "waits";
}

/** `undefined` when the nodes do not answer for themselves. */
function roomsIn(studies: readonly Study[]): NodeRooms | undefined {
  const [study, ...others] = studies;
  if (study === undefined || others.length > 0) return undefined;
  const { found, around, mayEvict } = study;
  const { constrained, undecided } = around.neighbours;
  if (constrained || undecided || found.undecided || mayEvict || around.devices !== undefined) return undefined;
  const rooms: NodeRooms = { shape: found.shape, around, byNode: new Map(), roomy: new Set(), ever: 0, now: 0 };
  for (const { node, ever, now, soft } of found.suitable)
    setRoom(rooms, node.name, { ever, now: soft.length === 0 ? now : 0 });
  return rooms.ever < around.most ? undefined : rooms;
}

interface NodeRoom {
  readonly ever: number;
  readonly now: number;
}

const NO_ROOM: NodeRoom = { ever: 0, now: 0 };
const PACKED = 1_000_000;
const pack = ({ ever, now }: NodeRoom): number => ever * PACKED + now;
const everIn = (room: number): number => Math.floor(room / PACKED);
const nowIn = (room: number): number => room % PACKED;

function setRoom(rooms: NodeRooms, name: string, room: NodeRoom): void {
  const before = rooms.byNode.get(name) ?? 0;
  rooms.ever += room.ever - everIn(before);
  rooms.now += room.now - nowIn(before);
  if (room.now > 0) rooms.roomy.add(name);
  else rooms.roomy.delete(name);
  if (room.ever + room.now === 0) rooms.byNode.delete(name);
  else rooms.byNode.set(name, pack(room));
}

interface Following {
  readonly request: CapacityRequest;
  readonly state: CapacityState;
  readonly seen: ClusterView;
}

function follow(rooms: NodeRooms, changes: readonly Change[], { request, state, seen }: Following): Outlook {
  const { shape, around } = rooms;
  if (changes.some((change) => concernsWhole(change, shape))) return "judge";
  if (changes.some(({ devices }) => devices === true) && asksDrivers(request, shape, seen)) return "judge";
  if (changes.some(({ quotasOf }) => quotasOf === shape.namespace) && deniedByNamespace(request, state) !== null)
    return "judge";
  const names = new Set(changes.flatMap(({ node }) => node ?? []));
  for (const name of names) {
    const node = seen.node(name);
    const fit = node === undefined ? undefined : fitNode(node, shape, { ...around, view: seen });
    if (fit?.undecided === true) return "judge";
    const isHere = fit !== undefined && fit.hard === undefined;
    setRoom(rooms, name, isHere ? { ever: fit.ever, now: fit.soft.length === 0 ? fit.now : 0 } : NO_ROOM);
  }
  return rooms.ever < around.most || rooms.now >= around.most ? "judge" : "waits";
}

/** A class of devices may have come that provides a resource of the pods. */
function asksDrivers({ groups }: CapacityRequest, { requests }: PodShape, { devices }: ClusterView): boolean {
  return groups.some(({ pod }) => deviceWishOf(pod, requests, devices).extended.size > 0);
}

/** Whether the change may concern more nodes than its own, or ends that each node answers for itself. */
function concernsWhole({ limitsOf, kind }: Change, shape: PodShape): boolean {
  if (limitsOf !== undefined && limitsOf === shape.namespace) return true;
  if (kind === undefined) return false;
  if (shape.preempts && kind.priority < shape.priority) return true;
  return kind.keepsOff.some((term) => {
    const read = readTerm(term, kind);
    return read.undecided || read.matches(shape);
  });
}

// One pass over all waiting requests: room is offered to each of them once, in the order of waiting/fairOrder.ts. A
// request that cannot use it lets the next one pass. A request that was overtaken in this way and is overdue comes
// first, and the free amounts on the nodes nearest to having room for it are reserved for it.
import type { CapacityRequest, CapacityVerdict, Ticket } from "../model/kubernetes/capacity.ts";
import { reason } from "../model/reasons/reason.ts";
import { type CapacityState, checkCapacity, ownersOf, reserveFreeRoom, studyCapacity } from "./check.ts";
import type { ShapeRoom } from "./shapeRoom.ts";
import type { ClusterView } from "./view/clusterView.ts";
import type { PodFacts } from "./view/podFacts.ts";
import { byAge, type InLine, offerInOrder, type ProjectUse, type UseOf } from "./waiting/fairOrder.ts";
import type { Flavor } from "./waiting/flavor.ts";
import { createReservations } from "./waiting/reservations.ts";

export interface QueueEntry extends InLine {
  readonly kind: Flavor;
  /** Equal for requests that get the same answer. */
  readonly key: string;
  readonly room: ShapeRoom;
  request: CapacityRequest & { readonly ticket: Ticket };
  facts: readonly PodFacts[];
  rank: number;
  /** When it was asked for the last time, in milliseconds since the epoch. */
  askedAt: number;
  /** The verdict `fits`, while the room is reserved for the request. */
  granted: CapacityVerdict | undefined;
  /** The verdict of a request that comes first, while the room that exists so far is reserved for it. */
  overdue: CapacityVerdict | undefined;
  /** A request behind it got room that this one could not use. */
  overtaken: boolean;
}

export function isWaiting({ granted, overdue, room }: QueueEntry): boolean {
  const verdict = overdue ?? room.verdict;
  return granted === undefined && (verdict === undefined || verdict.class === "waits");
}

interface PassState {
  readonly state: CapacityState;
  readonly useOf: (kind: Flavor, project: string) => ProjectUse;
  /** The view in which everything that is reserved now counts as used. */
  readonly seen: () => ClusterView;
  /** Whether there is time for a judgement that probably changes nothing. */
  readonly mayJudge: () => boolean;
}

export function passOver(waiting: readonly QueueEntry[], given: PassState): void {
  const { state } = given;
  const kinds = new Map(waiting.map(({ flavor, kind }) => [flavor, kind]));
  const useOf = (flavor: string, project: string): ProjectUse => {
    const kind = kinds.get(flavor);
    return kind === undefined ? { used: 0, weight: 1 } : given.useOf(kind, project);
  };
  const first = overdueFirst(waiting, useOf, state.now);
  for (const entry of waiting) if (entry.overdue !== undefined && !first.includes(entry)) giveBack(entry, state);
  for (const entry of first) serveOverdue(entry, state);
  const passed = new Map<string, QueueEntry[]>();
  const others = waiting.filter((entry) => !first.includes(entry));
  offerInOrder(others, useOf, (entry) => {
    const before = passed.get(entry.flavor) ?? [];
    passed.set(entry.flavor, before);
    if (!offer(entry, given)) {
      before.push(entry);
      return false;
    }
    for (const one of before.splice(0)) one.overtaken = true;
    return true;
  });
}

export function isOverdue({ request: { ticket } }: QueueEntry, now: number): boolean {
  return ticket.overdueAt !== undefined && now >= ticket.overdueAt;
}

/**
 * In each flavor the overdue request that waits longest, of those that were overtaken or whose turn it is. A request
 * that waits because it is not the turn of its project does not count, however long it waits.
 */
function overdueFirst(waiting: readonly QueueEntry[], useOf: UseOf, now: number): readonly QueueEntry[] {
  const overdue = waiting.filter((entry) => isOverdue(entry, now));
  if (overdue.length === 0) return [];
  const heads = new Map<string, QueueEntry>();
  offerInOrder(waiting, useOf, (entry) => {
    if (!heads.has(entry.flavor)) heads.set(entry.flavor, entry);
    return false;
  });
  const first = new Map<string, QueueEntry>();
  for (const entry of overdue) {
    if (!entry.overtaken && heads.get(entry.flavor) !== entry) continue;
    const known = first.get(entry.flavor);
    if (known === undefined || byAge(entry, known) < 0) first.set(entry.flavor, entry);
  }
  return [...first.values()].toSorted(byAge);
}

function offer(entry: QueueEntry, { state, seen, mayJudge }: PassState): boolean {
  const outlook = entry.room.outlook(entry.request, { ...state, facts: entry.facts }, seen());
  return (outlook === "judge" || (outlook === "unsure" && mayJudge())) && judge(entry, state);
}

/** Judges one request; `true` when it was granted its room. */
export function judge(entry: QueueEntry, state: CapacityState): boolean {
  const request = { ...entry.request, reserve: true };
  const own = { ...state, facts: entry.facts };
  const nodes = entry.room.roomy().flatMap((name) => state.view.node(name) ?? []);
  if (nodes.length > 0 && grantIf(entry, checkCapacity(request, { ...own, nodes }))) return true;
  const version = state.view.changes.version();
  const { verdict, studies } = studyCapacity(request, own);
  if (grantIf(entry, verdict)) return true;
  entry.room.learn({ verdict: passedOver(verdict, entry.request, own), studies, version });
  return false;
}

function grantIf(entry: QueueEntry, verdict: CapacityVerdict): boolean {
  if (verdict.class !== "fits") return false;
  entry.granted = verdict;
  entry.overdue = undefined;
  return true;
}

function serveOverdue(entry: QueueEntry, state: CapacityState): void {
  const own = { ...state, facts: entry.facts };
  const verdict = checkCapacity({ ...entry.request, reserve: true }, own);
  if (grantIf(entry, verdict)) return;
  entry.overdue = verdict;
  if (verdict.class === "waits") reserveFreeRoom(entry.request, own);
}

/** Ends what is reserved for the request. */
export function giveBack(entry: QueueEntry, { reservations }: CapacityState): void {
  entry.granted = undefined;
  entry.overdue = undefined;
  for (const owner of ownersOf(entry.request)) reservations.release(owner);
}

/** Changes the reason when the request would fit if nothing were reserved for others. */
function passedOver(verdict: CapacityVerdict, request: CapacityRequest, state: CapacityState): CapacityVerdict {
  if (verdict.class !== "waits" || state.reservations.isEmpty()) return verdict;
  const alone = checkCapacity(request, { ...state, reservations: createReservations(state.view) });
  return alone.class === "fits" ? { ...verdict, reason: reason("KeptForOlder") } : verdict;
}

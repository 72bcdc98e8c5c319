// The queue of requests that wait for room on one cluster, the oldest first. Free room is offered in that order. A
// request that cannot use it lets the next one pass, so a small job does not wait behind a large one that needs more
// than there is. This has a limit: once the first request of a flavor is overdue, the free amounts on the nodes nearest
// to having room for it are reserved for it, and no other request gets them. This file does not know the queues of
// other server processes or what other tools do on the cluster.
import type { CapacityRequest, CapacityVerdict, QueuePosition, Ticket } from "../model/kubernetes/capacity.ts";
import { type Reason, reason } from "../model/reasons/reason.ts";
import { type CapacityState, checkCapacity, reserveFreeRoom } from "./check.ts";
import type { PodFacts } from "./view/podFacts.ts";
import { flavorOf } from "./waiting/flavor.ts";
import { createReservations } from "./waiting/reservations.ts";

export interface QueuedRequest {
  readonly ticket: Ticket;
  readonly request: CapacityRequest;
  readonly facts: readonly PodFacts[];
  readonly flavor: string;
  /** The reason of the last check. */
  readonly reason: Reason | undefined;
}

interface CapacityQueue {
  /** Checks the request of the ticket. Older requests of the queue are checked first. */
  ask(request: CapacityRequest & { readonly ticket: Ticket }, state: CapacityState): CapacityVerdict;
  leave(ticket: string): QueuedRequest | undefined;
  /** All waiting requests, the oldest first. */
  waiting(): readonly QueuedRequest[];
}

/** At most this many older requests are checked first; equal requests count once. */
const ASKED_BEFORE = 50;

export function createCapacityQueue(): CapacityQueue {
  const entries = new Map<string, QueuedRequest>();
  const inOrder = (): readonly QueuedRequest[] =>
    [...entries.values()].sort((a, b) => a.ticket.since - b.ticket.since || (a.ticket.id < b.ticket.id ? -1 : 1));
  const placeOf = ({ flavor, ticket }: QueuedRequest): QueuePosition => {
    const same = inOrder().filter((one) => one.flavor === flavor);
    return { position: same.findIndex((one) => one.ticket.id === ticket.id) + 1, of: same.length };
  };
  return {
    ask(request, state) {
      const { ticket } = request;
      const entry: QueuedRequest = {
        ticket,
        request,
        facts: state.facts ?? [],
        flavor: flavorOf(request),
        reason: entries.get(ticket.id)?.reason,
      };
      entries.set(ticket.id, entry);
      let verdict = checkCapacity(request, state);
      if (verdict.class === "fits") {
        keepForOlder(inOrder(), entry, state);
        verdict = checkCapacity({ ...request, reserve: true }, state);
      }
      if (verdict.class === "waits") verdict = passedOver(verdict, request, state);
      entries.set(ticket.id, { ...entry, reason: verdict.reason });
      const { flavor } = entry;
      return verdict.class === "waits" ? { ...verdict, flavor, queue: placeOf(entry) } : { ...verdict, flavor };
    },
    leave(ticket) {
      const entry = entries.get(ticket);
      entries.delete(ticket);
      return entry;
    },
    waiting: inOrder,
  };
}

/** Reserves what the older requests could use. Their callers get the same cluster event and ask again soon. */
function keepForOlder(order: readonly QueuedRequest[], self: QueuedRequest, state: CapacityState): void {
  const asked = new Set<string>();
  const hopeless = new Set<string>();
  const firsts = new Set<string>();
  for (const { ticket, request, facts, flavor } of order) {
    if (ticket.id === self.ticket.id || asked.size === ASKED_BEFORE) return;
    const shape = shapeKey(request);
    asked.add(shape);
    const own = { ...state, facts };
    const isFirst = !firsts.has(flavor);
    firsts.add(flavor);
    if (hopeless.has(shape)) continue;
    const verdict = checkCapacity({ ...request, reserve: true }, own);
    if (verdict.class !== "fits") hopeless.add(shape);
    // Only for the first request of each flavor: with several, half of the cluster could stand idle.
    if (verdict.class === "waits" && isFirst && isOverdue(ticket, state)) reserveFreeRoom(request, own);
  }
}

function isOverdue({ overdueAt }: Ticket, { now }: CapacityState): boolean {
  return overdueAt !== undefined && now >= overdueAt;
}

/** Changes the reason when the request would fit if nothing were reserved for others. */
function passedOver(verdict: CapacityVerdict, request: CapacityRequest, state: CapacityState): CapacityVerdict {
  const alone = checkCapacity({ ...request, reserve: false }, { ...state, reservations: createReservations(state.view) });
  return alone.class === "fits" ? { ...verdict, reason: reason("KeptForOlder") } : verdict;
}

/** Equal for requests whose pods differ only in their names. */
function shapeKey({ groups }: CapacityRequest): string {
  return JSON.stringify(groups.map(({ pod, count }) => [pod.metadata.namespace, pod["spec"], count]));
}

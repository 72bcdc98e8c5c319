// Who waits for room on one cluster, the oldest first. Room that becomes free is offered in that order; whoever cannot use it lets the next
// one pass, so a small job does not stand still behind a large one that waits for more than there is.
// Not known here: what other server processes wait for, and what other people do on the cluster.
import type { CapacityRequest, CapacityVerdict, LinePlace, Ticket } from "../model/capacity.ts";
import type { Reason } from "../model/reason.ts";
import { type CheckWorld, checkCapacity, ownerOf } from "./check.ts";
import { flavorOf } from "./flavor.ts";
import type { PodFacts } from "./shape.ts";

export interface Waiting {
  readonly ticket: Ticket;
  readonly request: CapacityRequest;
  readonly facts: readonly PodFacts[];
  readonly flavor: string;
  /** Of the last look. */
  readonly reason: Reason | undefined;
}

export interface Line {
  /** Looks for whoever holds the ticket, those before it first. */
  ask(request: CapacityRequest & { readonly ticket: Ticket }, world: CheckWorld): CapacityVerdict;
  leave(ticket: string): Waiting | undefined;
  /** The oldest first. */
  waiting(): readonly Waiting[];
}

/** So many of those before are asked first; equal requests count once. */
const ASKED_BEFORE = 50;

export function createLine(): Line {
  const entries = new Map<string, Waiting>();
  const inOrder = (): readonly Waiting[] =>
    [...entries.values()].sort((a, b) => a.ticket.since - b.ticket.since || (a.ticket.id < b.ticket.id ? -1 : 1));
  const placeOf = ({ flavor, ticket }: Waiting): LinePlace => {
    const same = inOrder().filter((one) => one.flavor === flavor);
    return { position: same.findIndex((one) => one.ticket.id === ticket.id) + 1, of: same.length };
  };
  return {
    ask(request, world) {
      const { ticket } = request;
      const entry: Waiting = {
        ticket,
        request,
        facts: world.facts ?? [],
        flavor: flavorOf(request),
        reason: entries.get(ticket.id)?.reason,
      };
      entries.set(ticket.id, entry);
      let verdict = checkCapacity(request, world);
      if (verdict.class === "fits") {
        keepForOlder(inOrder(), entry, world);
        verdict = checkCapacity({ ...request, reserve: true }, world);
      }
      entries.set(ticket.id, { ...entry, reason: verdict.reason });
      const { flavor } = entry;
      return verdict.class === "waits" ? { ...verdict, flavor, line: placeOf(entry) } : { ...verdict, flavor };
    },
    leave(ticket) {
      const entry = entries.get(ticket);
      entries.delete(ticket);
      return entry;
    },
    waiting: inOrder,
  };
}

/** What those before could use is set aside for them; they are told of the same event, and come for it. */
function keepForOlder(order: readonly Waiting[], self: Waiting, world: CheckWorld): void {
  const asked = new Set<string>();
  const hopeless = new Set<string>();
  for (const { ticket, request, facts } of order) {
    if (ticket.id === self.ticket.id || asked.size === ASKED_BEFORE) return;
    const shape = shapeKey(request);
    asked.add(shape);
    if (hopeless.has(shape)) continue;
    const verdict = checkCapacity({ ...request, reserve: true }, { ...world, facts });
    if (verdict.class !== "fits") hopeless.add(shape);
  }
}

/** The same for pods that differ in nothing but their names. */
function shapeKey({ groups }: CapacityRequest): string {
  return JSON.stringify(groups.map(({ pod, count }) => [pod.metadata.namespace, pod["spec"], count]));
}

/** Owners of the reservations that a request made. */
export function ownersOf({ groups }: CapacityRequest): readonly string[] {
  return groups.map(({ pod }) => ownerOf({ namespace: pod.metadata.namespace ?? "", name: pod.metadata.name }));
}

// Who waits for room on one cluster, the oldest first. Room that becomes free is offered in that order; whoever cannot use it lets the next
// one pass, so a small job does not stand still behind a large one that waits for more than there is. But not for ever: once the first of
// a line is overdue, what is free on the nodes nearest to having room for it is kept for it, and nobody passes there any more.
// Not known here: what other server processes wait for, and what other people do on the cluster.
import type { CapacityRequest, CapacityVerdict, LinePlace, Ticket } from "../model/kubernetes/capacity.ts";
import { type Reason, reason } from "../model/reasons/reason.ts";
import { type CheckWorld, checkCapacity, keepWhatThereIs, ownerOf } from "./check.ts";
import type { PodFacts } from "./view/podFacts.ts";
import { flavorOf } from "./waiting/flavor.ts";
import { createReservations } from "./waiting/reservations.ts";

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
      if (verdict.class === "waits") verdict = passedOver(verdict, request, world);
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
  const firsts = new Set<string>();
  for (const { ticket, request, facts, flavor } of order) {
    if (ticket.id === self.ticket.id || asked.size === ASKED_BEFORE) return;
    const shape = shapeKey(request);
    asked.add(shape);
    const own = { ...world, facts };
    const isFirst = !firsts.has(flavor);
    firsts.add(flavor);
    if (hopeless.has(shape)) continue;
    const verdict = checkCapacity({ ...request, reserve: true }, own);
    if (verdict.class !== "fits") hopeless.add(shape);
    // Of each line only the first: were several kept for, half of the cluster would stand idle.
    if (verdict.class === "waits" && isFirst && isOverdue(ticket, world)) keepWhatThereIs(request, own);
  }
}

function isOverdue({ overdueAt }: Ticket, { now }: CheckWorld): boolean {
  return overdueAt !== undefined && now >= overdueAt;
}

/** There would be room for it, were nothing kept for others. */
function passedOver(verdict: CapacityVerdict, request: CapacityRequest, world: CheckWorld): CapacityVerdict {
  const alone = checkCapacity({ ...request, reserve: false }, { ...world, reservations: createReservations() });
  return alone.class === "fits" ? { ...verdict, reason: reason("KeptForOlder") } : verdict;
}

/** The same for pods that differ in nothing but their names. */
function shapeKey({ groups }: CapacityRequest): string {
  return JSON.stringify(groups.map(({ pod, count }) => [pod.metadata.namespace, pod["spec"], count]));
}

/** Owners of the reservations that a request made. */
export function ownersOf({ groups }: CapacityRequest): readonly string[] {
  return groups.map(({ pod }) => ownerOf({ namespace: pod.metadata.namespace ?? "", name: pod.metadata.name }));
}

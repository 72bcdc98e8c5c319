// The queue of requests that wait for room on one cluster. After a change, the first question of any of them causes one
// pass over all of them (queuePass.ts); the others get the result of that pass. This file does not know the queues of
// other server processes or what other tools do on the cluster.
import { isDeepStrictEqual } from "node:util";
import type { CapacityRequest, CapacityVerdict, CapacityWeight, Ticket } from "../model/kubernetes/capacity.ts";
import type { Reason } from "../model/reasons/reason.ts";
import { type CapacityState, checkCapacity, ownersOf } from "./check.ts";
import { NO_AUTOSCALERS } from "./fit/autoscaler.ts";
import { giveBack, isOverdue, isWaiting, judge, passOver, type QueueEntry } from "./queuePass.ts";
import { createShapeRoom, type ShapeRoom } from "./shapeRoom.ts";
import type { ClusterView } from "./view/clusterView.ts";
import { createBudget } from "./waiting/budget.ts";
import { amountOf, type Flavor, flavorOf, weightFor } from "./waiting/flavor.ts";
import { type Lines, linesOf, type Waiter } from "./waiting/lines.ts";
import { createUses } from "./waiting/projectUse.ts";
import { shapeKey } from "./waiting/shapeKey.ts";

export interface QueuedRequest extends Waiter {
  /** The reason of the last check. */
  readonly reason: Reason | undefined;
}

type AskedRequest = CapacityRequest & { readonly ticket: Ticket };
type SeenState = Pick<CapacityState, "view" | "reservations" | "now">;

interface CapacityQueue {
  /** The verdict about the request of the ticket, after room was offered to those before it. */
  ask(request: AskedRequest, state: CapacityState): CapacityVerdict;
  readonly leave: (ticket: string) => void;
  lines(state: SeenState): Lines<QueuedRequest>;
  size(): number;
}

/** Milliseconds after which a request counts as given up. A job that still waits comes back with its place. */
const SILENT_AFTER = 5 * 60_000;
const RANKS = { low: 0, normal: 1, high: 2 } as const;

export function createCapacityQueue(): CapacityQueue {
  const queue = createEntries();
  const { entries, weightOf } = queue;
  const budget = createBudget();
  const uses = createUses();
  const seen = createSeen();
  let [passed, knownGrowth] = ["", ""];
  let lines: { readonly of: string; readonly found: Lines<QueuedRequest> } | undefined;

  const usesNow = (state: SeenState) => uses(seen(state), state.view.changes.version());
  const linesNow = (state: SeenState): Lines<QueuedRequest> => {
    const of = `${queue.version()} ${state.view.changes.version()}`;
    if (lines?.of !== of)
      lines = { of, found: linesOf(queue.waiting().map(queued), { useOf: usesNow(state), weightOf }) };
    return lines.found;
  };
  const passKey = ({ view, now }: CapacityState): string =>
    [queue.version(), view.changes.version(), overdueOf(entries.values(), now), knownGrowth].join(" ");
  const passIfChanged = (state: CapacityState): void => {
    const growth = growthKey(state);
    if (growth !== knownGrowth) for (const { room } of entries.values()) room.forget();
    knownGrowth = growth;
    if (passed === passKey(state)) return;
    const useOf = usesNow(state);
    const used = (kind: Flavor, project: string): number => useOf(kind).byProject.get(project) ?? 0;
    passOver(queue.waiting(), {
      state,
      useOf: (kind, project) => ({ used: used(kind, project), weight: weightOf(project, kind) }),
      seen: () => seen(state),
      mayJudge: () => budget.take(state.view.nodeCount(), state.now),
    });
    queue.changed();
    passed = passKey(state);
  };

  return {
    ask(request, state) {
      state.reservations.expire(state.now);
      queue.forgetSilent(state);
      const entry = queue.put(request, state);
      for (const one of entries.values())
        if (one.granted !== undefined && !isReserved(one, state)) one.granted = undefined;
      if (entry.granted !== undefined) confirm(entry, state);
      else if (!isWaiting(entry)) {
        // Waiting changes nothing about such a verdict, so the question is asked again.
        entry.room.forget();
        queue.changed();
      }
      passIfChanged(state);
      const isOld = isWaiting(entry) && entry.overdue === undefined && entry.room.isOld;
      if (isOld && budget.take(state.view.nodeCount(), state.now)) judge(entry, state);
      const verdict = verdictOf(entry) ?? checkCapacity(request, state);
      const place = verdict.class === "waits" ? linesNow(state).positionOf(entry.id) : undefined;
      return { ...verdict, flavor: entry.flavor, ...(place === undefined ? {} : { queue: place }) };
    },
    leave: queue.leave,
    lines: linesNow,
    size: () => entries.size,
  };
}

function overdueOf(entries: Iterable<QueueEntry>, now: number): number {
  let overdue = 0;
  for (const entry of entries) if (isOverdue(entry, now)) overdue += 1;
  return overdue;
}

/** The requests of the queue and the weights of their projects. */
function createEntries() {
  const entries = new Map<string, QueueEntry>();
  const weights = new Map<string, readonly CapacityWeight[]>();
  /** Changes with each request that comes, leaves or must be judged again. */
  let version = 0;
  const changed = (): void => {
    version += 1;
  };
  const roomFor = (key: string): ShapeRoom => {
    for (const one of entries.values()) if (one.key === key) return one.room;
    return createShapeRoom();
  };
  return {
    entries,
    changed,
    version: () => version,
    weightOf: (project: string, kind: Flavor): number => weightFor(kind, weights.get(project) ?? []),
    waiting: () => [...entries.values()].filter(isWaiting),
    leave: (ticket: string): void => {
      const entry = entries.get(ticket);
      entries.delete(ticket);
      // A request that was granted its room was not in the line any more.
      if (entry !== undefined && isWaiting(entry)) changed();
    },
    /** Removes requests that nobody asks for any more: waiting jobs ask every few seconds. */
    forgetSilent: (state: CapacityState): void => {
      for (const entry of entries.values()) {
        if (state.now - entry.askedAt <= SILENT_AFTER) continue;
        giveBack(entry, state);
        entries.delete(entry.id);
        changed();
      }
    },
    put: (request: AskedRequest, state: CapacityState): QueueEntry => {
      const { ticket, project } = request;
      if (!isDeepStrictEqual(weights.get(project) ?? [], ticket.weights ?? [])) changed();
      weights.set(project, ticket.weights ?? []);
      const facts = state.facts ?? [];
      const key = shapeKey(request, facts);
      const rank = RANKS[ticket.priority ?? "normal"];
      const before = entries.get(ticket.id);
      if (before?.key === key) return Object.assign(before, { request, facts, rank, askedAt: state.now });
      if (before !== undefined) giveBack(before, state);
      const entry = createEntry({ request, facts, rank, askedAt: state.now, key, room: roomFor(key) });
      entries.set(ticket.id, entry);
      changed();
      return entry;
    },
  };
}

interface EntryParts extends Pick<QueueEntry, "facts" | "rank" | "askedAt" | "key" | "room"> {
  readonly request: AskedRequest;
}

function createEntry(parts: EntryParts): QueueEntry {
  const { ticket, project } = parts.request;
  const kind = flavorOf(parts.request);
  return {
    ...parts,
    id: ticket.id,
    since: ticket.since,
    project,
    kind,
    flavor: kind.name,
    amount: amountOf(parts.request, kind),
    granted: undefined,
    overdue: undefined,
    overtaken: false,
  };
}

function queued(entry: QueueEntry): QueuedRequest {
  const { id, project, flavor, rank, since, amount, kind, request, overdue } = entry;
  const { name } = request.ticket;
  const reason = verdictOf(entry)?.reason;
  return { id, project, flavor, rank, since, amount, kind, name, isFirst: overdue !== undefined, reason };
}

function verdictOf({ granted, overdue, room }: QueueEntry): CapacityVerdict | undefined {
  return granted ?? overdue ?? room.verdict;
}

/** A reservation ends after a while, or when the pods are on their nodes. */
function isReserved({ request }: QueueEntry, { reservations }: CapacityState): boolean {
  return ownersOf(request).every((owner) => reservations.has(owner));
}

/** Another tool may have used the room that was found. */
function confirm(entry: QueueEntry, state: CapacityState): void {
  const verdict = checkCapacity({ ...entry.request, reserve: true }, state);
  if (verdict.class === "fits") entry.granted = verdict;
  else giveBack(entry, state);
}

/** What is known about nodes that do not exist yet. */
function growthKey({ autoscalers = NO_AUTOSCALERS }: CapacityState): string {
  return JSON.stringify(autoscalers);
}

/** The view in which everything that is reserved counts as used, computed again only after a change. */
function createSeen(): (state: SeenState) => ClusterView {
  let known: { readonly version: number; readonly view: ClusterView } | undefined;
  return ({ view, reservations, now }) => {
    const version = view.changes.version();
    if (known?.version !== version) known = { version, view: reservations.seenBy(new Set(), now) };
    return known.view;
  };
}

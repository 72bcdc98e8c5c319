// Answers the questions of one cluster about room: checks, the overview, and the queue of waiting requests. The
// answers come from a view in memory that another part keeps up to date: for Kubernetes src/kube/capacity, by watches.
// When the view is out of date, the verdict is "unknown", never "rejected" or "fits".
import { type CapacityRequest, type CapacityVerdict, NO_HOLDERS, type PodGroup } from "../model/kubernetes/capacity.ts";
import type { Reason } from "../model/reasons/reason.ts";
import type { Clock } from "../ports/clock.ts";
import type { CapacityQuestion } from "../ports/cluster.ts";
import { createNews } from "../ports/news.ts";
import { createCapacityQueue } from "./capacityQueue.ts";
import { type CapacityState, checkCapacity } from "./check.ts";
import type { Autoscalers } from "./fit/autoscaler.ts";
import { labelsAt, listAt } from "./kubernetes/optionalFields.ts";
import { overviewOf } from "./overview.ts";
import type { ClusterView } from "./view/clusterView.ts";
import type { PodFacts } from "./view/podFacts.ts";
import type { Reservations } from "./waiting/reservations.ts";

interface CapacityAnswering extends CapacityQuestion {
  /** The part that feeds the view calls this after each change. The subscribers are called a moment later. */
  readonly changed: () => void;
}

interface CapacitySupply {
  readonly view: ClusterView;
  readonly reservations: Reservations;
  readonly clock: Clock;
  /** Aborts when the cluster is closed. */
  readonly signal: AbortSignal;
  /** Waits for the view; why it is out of date, or `null` when it is current. `devices`: also the devices of drivers. */
  readonly outdated: (devices: boolean, signal: AbortSignal) => Promise<Reason | null>;
  readonly factsOf: (pod: PodGroup["pod"], signal: AbortSignal) => Promise<PodFacts>;
  /** What the autoscalers of the cluster say about the nodes that they may add. */
  readonly autoscalers: (signal: AbortSignal) => Promise<Autoscalers>;
}

/**
 * Milliseconds over which changes are collected before the listeners are called, because many pods change at the same
 * time.
 */
const NOTIFY_AFTER = 100;

export function createCapacityQuestion(supply: CapacitySupply): CapacityAnswering {
  const { view, reservations, clock, outdated } = supply;
  const changes = createNews();
  const changed = notifyLater(clock, supply.signal, () => changes.notify());
  const queue = createCapacityQueue();
  return {
    changed,
    check: async (request, signal) => {
      const old = await outdated(asksForDevices(request), signal);
      if (old !== null) return unknownVerdict(old);
      const state: CapacityState = {
        view,
        reservations,
        facts: await Promise.all(request.groups.map(({ pod }) => supply.factsOf(pod, signal))),
        autoscalers: await supply.autoscalers(signal),
        now: clock.now().getTime(),
      };
      const { ticket } = request;
      return ticket === undefined ? checkCapacity(request, state) : queue.ask({ ...request, ticket }, state);
    },
    overview: async (project, signal) => {
      const unknown = await outdated(true, signal);
      if (unknown !== null) return { unknown, nodes: { total: 0, open: 0 }, flavors: [], waiting: [] };
      return overviewOf({ view, lines: queue.lines({ view, reservations, now: clock.now().getTime() }), project });
    },
    leave: (ticket, room) => {
      queue.leave(ticket);
      // Also for a ticket that left earlier and kept its room: its job may have ended before its pods came.
      if (room === "free") reservations.releaseTicket(ticket);
      // Requests behind it in the queue may have room now.
      if (queue.size() > 0) changed();
    },
    subscribe: (onChange) => changes.subscribe(onChange),
  };
}

function unknownVerdict(why: Reason): CapacityVerdict {
  return { class: "unknown", reason: why, missing: [], holders: NO_HOLDERS, nodes: { total: 0, suitable: 0 } };
}

/** Whether the pods need devices. Extended resources count, because a device class of a driver may provide them. */
function asksForDevices({ groups }: CapacityRequest): boolean {
  return groups.some(
    ({ pod }) =>
      listAt(pod, "spec", "resourceClaims").length > 0 ||
      [...listAt(pod, "spec", "containers"), ...listAt(pod, "spec", "initContainers")].some((container) =>
        Object.keys(labelsAt(container, "resources", "limits")).some((name) => name.includes("/")),
      ),
  );
}

function notifyLater(clock: Clock, signal: AbortSignal, notify: () => void): () => void {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    void clock.sleep(NOTIFY_AFTER, signal).then(() => {
      planned = false;
      if (!signal.aborted) notify();
    });
  };
}

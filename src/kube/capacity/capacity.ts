// Keeps the view of the cluster that capacity checks read, by watching nodes, all pods, quotas and limit ranges of the
// whole cluster, and devices once a request asks for some. The watches start with the first question and then continue.
// Fields that are not needed are dropped while an object is read.
// When the view is old, the verdict is "unknown", never "rejected" or "fits". The arithmetic is in src/capacity.

import { createCapacityQueue, ownersInQueue } from "../../capacity/capacityQueue.ts";
import { type CapacityState, checkCapacity } from "../../capacity/check.ts";
import type { NodeGroup } from "../../capacity/fit/autoscaler.ts";
import { overviewOf } from "../../capacity/overview.ts";
import { type ClusterView, createClusterView } from "../../capacity/view/clusterView.ts";
import { createReservations, type Reservations } from "../../capacity/waiting/reservations.ts";
import { labelsAt, listAt } from "../../model/data/fieldReaders.ts";
import { type CapacityRequest, type CapacityVerdict, NO_HOLDERS } from "../../model/kubernetes/capacity.ts";
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CapacityQuestion } from "../../ports/cluster.ts";
import type { Log } from "../../ports/log.ts";
import { createNews, type News } from "../../ports/news.ts";
import type { Connection } from "../reach/connection.ts";
import type { Discovery } from "../reach/discovery.ts";
import { type WatchState, watchForever } from "../watches/watch.ts";
import { gatherPodFacts, isAutoscaled } from "./capacityFacts.ts";
import { baseSources, type CapacitySource, deviceSources } from "./capacitySources.ts";

interface Capacity extends CapacityQuestion {
  close(): void;
}

interface CapacityOptions {
  readonly connection: Connection;
  readonly discovery: Discovery;
  readonly clock: Clock;
  readonly log: Log;
  readonly read: (ref: ObjectRef, signal: AbortSignal) => Promise<Manifest | null>;
  readonly nodeGroups?: readonly NodeGroup[];
}

interface Running {
  state: WatchState;
}

/** Milliseconds that a question waits for the first lists. A hundred thousand pods take a few seconds. */
const FIRST_LISTS = 30_000;
const UNSERVED_AGAIN = 30_000;
const AUTOSCALER_AGAIN = 60_000;
/**
 * Milliseconds over which changes are collected before the listeners are called, because many pods change at the same
 * time.
 */
const NOTIFY_AFTER = 100;

export function createCapacity(options: CapacityOptions): Capacity {
  const { clock } = options;
  const view = createClusterView();
  const reservations = createReservations();
  const abort = new AbortController();
  const changes = createNews();
  const notify = notifyLater(clock, abort.signal, () => changes.notify());
  const queue = createCapacityQueue();
  // Owners of the room that callers kept, by ticket, until they release it.
  const kept = new Map<string, readonly string[]>();
  const autoscaled = remembered(clock, AUTOSCALER_AGAIN, (signal) => isAutoscaled(options, signal));
  const current = watchOnDemand({ view, reservations, notify, signal: abort.signal }, options);
  return {
    check: async (request, signal) => {
      const old = await current(asksForDevices(request), signal);
      if (old !== null) return unknownVerdict(options.connection.cluster, old);
      const state: CapacityState = {
        view,
        reservations,
        facts: await Promise.all(request.groups.map(({ pod }) => gatherPodFacts(options.read, pod, signal))),
        nodeGroups: options.nodeGroups ?? [],
        autoscaled: await autoscaled(signal),
        now: clock.now().getTime(),
      };
      const { ticket } = request;
      return ticket === undefined ? checkCapacity(request, state) : queue.ask({ ...request, ticket }, state);
    },
    overview: async (project, signal) => {
      const old = await current(true, signal);
      if (old === null) return overviewOf({ view, waiting: queue.waiting(), project });
      const { reason: unknown } = unknownVerdict(options.connection.cluster, old);
      return { unknown, nodes: { total: 0, open: 0 }, flavors: [], waiting: [] };
    },
    leave: (ticket, room) => {
      const entry = queue.leave(ticket);
      const owners = entry === undefined ? kept.get(ticket) : ownersInQueue(entry.request);
      if (owners === undefined) return;
      if (room === "keep") kept.set(ticket, owners);
      else {
        kept.delete(ticket);
        for (const owner of owners) reservations.release(owner);
      }
      // Requests behind it in the queue may have room now.
      if (queue.waiting().length > 0) notify();
    },
    subscribe: (onChange) => changes.subscribe(onChange),
    close: () => abort.abort(),
  };
}

interface ViewParts {
  readonly view: ClusterView;
  readonly reservations: Reservations;
  readonly notify: () => void;
  readonly signal: AbortSignal;
}

/**
 * Starts a watch with the first question that needs it. The returned function resolves to the state of an outdated
 * watch, or to `null` when the view is current.
 */
function watchOnDemand({ view, reservations, notify, signal: closed }: ViewParts, options: CapacityOptions) {
  const running = new Map<string, Running>();
  const states = createNews();
  const base = [...baseSources(view, reservations)];
  const start = (source: CapacitySource): void => {
    if (running.has(source.kind)) return;
    const entry: Running = { state: { phase: "starting", detail: "" } };
    running.set(source.kind, entry);
    const onState = (state: WatchState): void => {
      entry.state = state;
      states.notify();
    };
    void watchSource({ source, options, signal: closed, onState, notify });
  };
  return async (devices: boolean, signal: AbortSignal): Promise<WatchState | null> => {
    const sources = [...base, ...(devices ? deviceSources(view) : [])];
    for (const source of sources) start(source);
    const entries = sources.map((source) => running.get(source.kind)).filter((one) => one !== undefined);
    await currentOrOld({ entries, states, clock: options.clock, signal });
    return entries.find(({ state }) => state.phase !== "live" && state.phase !== "unserved")?.state ?? null;
  };
}

/** Caches an answer that rarely changes. */
function remembered<T>(clock: Clock, lasts: number, ask: (signal: AbortSignal) => Promise<T>) {
  let known: { readonly value: T; readonly until: number } | undefined;
  return async (signal: AbortSignal): Promise<T> => {
    const now = clock.now().getTime();
    if (known === undefined || known.until <= now || known.until > now + lasts)
      known = { value: await ask(signal), until: now + lasts };
    return known.value;
  };
}

function unknownVerdict(cluster: string, { detail }: WatchState): CapacityVerdict {
  // A credential that may not list nodes gives no answer either, but the cluster is reachable.
  const why = / is forbidden: /.test(detail)
    ? reason("NotAllowed", { detail })
    : reason("ClusterUnreachable", { cluster, detail: detail === "" ? "NoAnswerWithin30s" : detail });
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

interface SourceWatch {
  readonly source: CapacitySource;
  readonly options: CapacityOptions;
  readonly signal: AbortSignal;
  readonly onState: (state: WatchState) => void;
  readonly notify: () => void;
}

async function watchSource({ source, options, signal, onState, notify }: SourceWatch): Promise<void> {
  const { clock, discovery } = options;
  while (!signal.aborted) {
    try {
      const resource = await discovery.find(source.apiVersion, source.kind, signal);
      if (resource === undefined) onState({ phase: "unserved", detail: "" });
      else {
        const onList = (objects: readonly Manifest[]): void => {
          source.replace(objects);
          notify();
        };
        const onChange = (type: "put" | "delete", object: Manifest): void => {
          if (type === "put") source.put(object);
          else source.remove(object);
          notify();
        };
        const { fieldSelector, page } = source;
        const more = {
          ...(fieldSelector === undefined ? {} : { fieldSelector }),
          ...(page === undefined ? {} : { onPage: page }),
        };
        await watchForever({
          ...options,
          ...more,
          resource,
          signal,
          strip: source.strip,
          onList,
          onChange,
          onState,
        });
      }
    } catch (cause) {
      onState({ phase: "stale", detail: cause instanceof Error ? cause.message : String(cause) });
    }
    await clock.sleep(UNSERVED_AGAIN, signal);
  }
}

interface Awaited {
  readonly entries: readonly Running[];
  readonly states: News;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function currentOrOld({ entries, states, clock, signal }: Awaited): Promise<void> {
  const done = new AbortController();
  void clock.sleep(FIRST_LISTS, AbortSignal.any([signal, done.signal])).then(() => done.abort());
  while (!done.signal.aborted && entries.some(({ state }) => state.phase === "starting"))
    await states.after(states.count(), { signal: done.signal });
  done.abort();
  signal.throwIfAborted();
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

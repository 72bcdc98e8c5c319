// Keeps the view of the cluster that capacity checks read, by watching nodes, all pods, quotas and limit ranges of the
// whole cluster, and devices once a request asks for some. The watches start with the first question and then continue.
// Fields that are not needed are dropped while an object is read. The answers are computed in src/capacity.

import { createCapacityQuestion } from "../../capacity/capacityQuestion.ts";
import { type ClusterView, createClusterView } from "../../capacity/view/clusterView.ts";
import { createReservations, type Reservations } from "../../capacity/waiting/reservations.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CapacityQuestion } from "../../ports/cluster.ts";
import type { Log } from "../../ports/log.ts";
import { createNews, type News } from "../../ports/news.ts";
import type { Connection } from "../reach/connection.ts";
import type { Discovery } from "../reach/discovery.ts";
import { type WatchState, watchForever } from "../watches/watch.ts";
import { type AutoscalerAccess, readAutoscalers } from "./autoscalerStatus.ts";
import { gatherPodFacts } from "./capacityFacts.ts";
import { baseSources, type CapacitySource, deviceSources } from "./capacitySources.ts";
import { queueTroubleOf } from "./queueTrouble.ts";

interface Capacity extends CapacityQuestion {
  close(): void;
}

interface CapacityOptions extends AutoscalerAccess {
  readonly connection: Connection;
  readonly discovery: Discovery;
  readonly clock: Clock;
  readonly log: Log;
}

interface Running {
  state: WatchState;
}

/** Milliseconds that a question waits for the first lists. A hundred thousand pods take a few seconds. */
const FIRST_LISTS = 30_000;
const UNSERVED_AGAIN = 30_000;
/** Milliseconds. Cluster Autoscaler writes its status every ten seconds. */
const AUTOSCALER_AGAIN = 10_000;

export function createCapacity(options: CapacityOptions): Capacity {
  const { clock, connection, read } = options;
  const view = createClusterView();
  const reservations = createReservations(view);
  const abort = new AbortController();
  const autoscalers = remembered(clock, AUTOSCALER_AGAIN, (signal) => readAutoscalers(options, signal));
  const answering = createCapacityQuestion({
    view,
    reservations,
    clock,
    signal: abort.signal,
    outdated: async (devices, signal) => {
      const old = await current(devices, signal);
      return old === null ? null : whyOld(connection.cluster, old);
    },
    factsOf: (pod, signal) => gatherPodFacts(read, pod, signal),
    autoscalers,
  });
  const current = watchOnDemand({ view, reservations, notify: answering.changed, signal: abort.signal }, options);
  return {
    ...answering,
    queueTrouble: (object, signal) => queueTroubleOf(options, object, signal),
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

function whyOld(cluster: string, { detail }: WatchState): Reason {
  // A credential that may not list nodes gives no answer either, but the cluster is reachable.
  return / is forbidden: /.test(detail)
    ? reason("NotAllowed", { detail })
    : reason("ClusterUnreachable", { cluster, detail: detail === "" ? "NoAnswerWithin30s" : detail });
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

// One shared set of watches per cluster: all objects with kubemin's label, and the warning events of the cluster. The
// watches start with the first question about health and then continue. Contents of ConfigMaps and Secrets are not
// kept.
import { LABELS, MANAGED_BY, type Manifest, type ObjectRef } from "../../model/kubernetes/manifest.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Connection } from "../reach/connection.ts";
import type { Discovery } from "../reach/discovery.ts";
import type { Resource } from "../reach/discoveryTable.ts";
import { createEventRing, type EventFact } from "./eventRing.ts";
import { isForeign, stripForeign } from "./foreign.ts";
import { createObjectIndex, type ObjectIndex } from "./objectIndex.ts";
import { type WatchOptions, type WatchState, watchForever } from "./watch.ts";

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

const core = "v1";
const apps = "apps/v1";
export const POD = { apiVersion: core, kind: "Pod" } as const;
export const REPLICA_SET = { apiVersion: apps, kind: "ReplicaSet" } as const;
export const DEPLOYMENT = { apiVersion: apps, kind: "Deployment" } as const;
export const STATEFUL_SET = { apiVersion: apps, kind: "StatefulSet" } as const;
export const JOB = { apiVersion: "batch/v1", kind: "Job" } as const;
export const ENDPOINT_SLICE = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" } as const;
/** Kinds that most applications consist of. Other kinds are watched once an object of that kind is asked for. */
const ALWAYS: readonly Kind[] = [
  DEPLOYMENT,
  REPLICA_SET,
  STATEFUL_SET,
  POD,
  ENDPOINT_SLICE,
  { apiVersion: apps, kind: "DaemonSet" },
  JOB,
  { apiVersion: core, kind: "PersistentVolumeClaim" },
  { apiVersion: core, kind: "Service" },
  { apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
];

export interface Cache {
  /** Starts watches for these kinds and for the kinds that most applications consist of, unless they run already. */
  watch(kinds: readonly Kind[]): void;
  get(ref: ObjectRef): Manifest | undefined;
  ownedBy(kind: Kind, uid: string): readonly Manifest[];
  inNamespace(kind: Kind, namespace: string): readonly Manifest[];
  /** All objects of the kind in all namespaces. */
  everywhere(kind: Kind): readonly Manifest[];
  events(uid: string): readonly EventFact[];
  state(kind: Kind): WatchState;
  /**
   * Calls `onChange` with the namespace in which something changed, or "*" for all namespaces, until the returned
   * function is called.
   */
  subscribe(onChange: (namespace: string) => void): () => void;
  /** Calls every subscriber with "*", because something outside the watches changed. */
  refresh(): void;
  close(): void;
}

interface Watched {
  readonly objects: ObjectIndex;
  state: WatchState;
}

interface CacheOptions {
  readonly connection: Connection;
  readonly discovery: Discovery;
  readonly clock: Clock;
  readonly log: Log;
}

/** Kinds of which only the metadata is watched: health needs only their existence. */
const METADATA_ONLY: ReadonlySet<string> = new Set(["Secret", "ConfigMap"]);

export function createCache(options: CacheOptions): Cache {
  const watched = new Map<string, Watched>();
  const listeners = new Set<(namespace: string) => void>();
  const ring = createEventRing();
  const abort = new AbortController();
  const notify = (namespace: string): void => listeners.forEach((listener) => listener(namespace));
  const events: EventRun = { options, put: (event) => ring.put(event), notify, signal: abort.signal };
  const start = (kind: Kind): void => {
    if (watched.has(keyOf(kind))) return;
    const entry: Watched = { objects: createObjectIndex(), state: { phase: "starting", detail: "" } };
    watched.set(keyOf(kind), entry);
    void runWatch({ options, kind, entry, notify, signal: abort.signal });
    if (kind.kind === "PodGroup") void watchEvents(events, OF_GROUPS, () => {});
  };
  let eventsStarted = false;
  return {
    watch: (kinds) => {
      for (const kind of [...kinds, ...ALWAYS]) start(kind);
      if (!eventsStarted) void runEvents(events);
      eventsStarted = true;
    },
    get: (ref) => watched.get(keyOf(ref))?.objects.get(ref.namespace, ref.name),
    ownedBy: (kind, uid) => watched.get(keyOf(kind))?.objects.ownedBy(uid) ?? [],
    everywhere: (kind) => watched.get(keyOf(kind))?.objects.all() ?? [],
    inNamespace: (kind, namespace) => watched.get(keyOf(kind))?.objects.inNamespace(namespace) ?? [],
    events: (uid) => ring.about(uid),
    state: (kind) => watched.get(keyOf(kind))?.state ?? { phase: "starting", detail: "" },
    subscribe: (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    refresh: () => notify("*"),
    close: () => abort.abort(),
  };
}

function keyOf(kind: Kind): string {
  return `${kind.apiVersion}/${kind.kind}`;
}

interface WatchRun {
  readonly options: CacheOptions;
  readonly kind: Kind;
  readonly entry: Watched;
  readonly notify: (namespace: string) => void;
  readonly signal: AbortSignal;
}

async function runWatch(run: WatchRun): Promise<void> {
  const { options, entry, notify, signal } = run;
  const onState = (state: WatchState): void => {
    const changed = state.phase !== entry.state.phase;
    entry.state = state;
    if (changed) notify("*");
  };
  while (!signal.aborted) {
    const resource = await served(run, onState);
    if (resource === null) return;
    await watchForever(optionsFor(run, resource, onState));
    // The CustomResourceDefinition was removed, and every object with it. The kind may be installed again.
    options.discovery.forget();
    entry.objects.replace([]);
    if (!signal.aborted) await options.clock.sleep(FIRST_ASKED, signal);
  }
}

function optionsFor(run: WatchRun, resource: Resource, onState: (state: WatchState) => void): WatchOptions {
  const { options, kind, entry, notify, signal } = run;
  return {
    ...options,
    resource,
    signal,
    ...(isForeign(kind) ? { strip: stripForeign } : { labelSelector: `${LABELS.managedBy}=${MANAGED_BY}` }),
    metadataOnly: METADATA_ONLY.has(kind.kind),
    onList: (objects) => {
      entry.objects.replace(objects);
      notify("*");
    },
    onChange: (type, object) => {
      if (type === "put") entry.objects.put(object);
      else entry.objects.remove(object);
      notify(object.metadata.namespace ?? "");
    },
    onState,
  };
}

/** Milliseconds between two questions whether a kind is served now: the first pause, and the longest one. */
const FIRST_ASKED = 500;
const LAST_ASKED = 5_000;

/**
 * Waits until the API answers and serves the kind, because its CRD may be installed later. `null` when the cache was
 * closed before.
 */
async function served(
  { options, kind, signal }: WatchRun,
  onState: (state: WatchState) => void,
): Promise<Resource | null> {
  for (let pause = FIRST_ASKED; !signal.aborted; pause = Math.min(pause * 2, LAST_ASKED)) {
    try {
      const { discovery } = options;
      const resource = isForeign(kind)
        ? await discovery.findInGroup(kind.apiVersion, kind.kind, signal)
        : await discovery.find(kind.apiVersion, kind.kind, signal);
      if (resource !== undefined) return resource;
      onState({ phase: "unserved", detail: `the API does not serve ${kind.apiVersion} ${kind.kind}` });
    } catch (cause) {
      if (signal.aborted) return null;
      onState({ phase: "stale", detail: cause instanceof Error ? cause.message : String(cause) });
    }
    await options.clock.sleep(pause, signal);
  }
  return null;
}

interface EventRun {
  readonly options: CacheOptions;
  readonly put: (event: Manifest) => void;
  readonly notify: (namespace: string) => void;
  readonly signal: AbortSignal;
}

/** Normal events about pods that are written for every pod, or for most. */
const USUAL = ["Scheduled", "Pulling", "Pulled", "Created", "Started", "Killing", "SuccessfulAttachVolume"];
/** Volcano writes into a normal event why it does not let a PodGroup in. */
const OF_GROUPS = "type=Normal,involvedObject.kind=PodGroup";
/** Leaves almost only what autoscalers report, whatever their version calls itself. */
const REPORTS = ["type=Normal", "involvedObject.kind=Pod", ...USUAL.map((one) => `reason!=${one}`)].join(",");

/**
 * Watches all warning events, because events cannot be selected by the label of their object, and the normal events of
 * autoscalers. The ring (eventRing.ts) keeps the newest.
 */
async function runEvents(run: EventRun): Promise<void> {
  // A lost event watch makes no verdict unknown. It is used for the log line about an outage because there is exactly
  // one in every cluster.
  const warnings = watchEvents(run, "type=Warning", outageLog(run.options));
  await Promise.all([warnings, watchEvents(run, REPORTS, () => {})]);
}

async function watchEvents(
  { options, put, notify, signal }: EventRun,
  fieldSelector: string,
  onState: (state: WatchState) => void,
): Promise<void> {
  await watchForever({
    ...options,
    resource: { apiVersion: "v1", kind: "Event", plural: "events", namespaced: true },
    signal,
    fieldSelector,
    onList: (events) => {
      for (const event of events) put(event);
      notify("*");
    },
    onChange: (type, event) => {
      if (type === "put") put(event);
      notify(event.metadata.namespace ?? "");
    },
    onState,
  });
}

/** Writes one log line when the view of the cluster is lost and one when it is back, instead of one per watch. */
function outageLog({ connection, log }: CacheOptions): (state: WatchState) => void {
  let lost = false;
  return ({ phase, detail }) => {
    if (phase === "stale" && !lost)
      log.write("warn", "lost the view of the cluster", { cluster: connection.cluster, detail });
    if (phase === "live" && lost) log.write("info", "the view of the cluster is back", { cluster: connection.cluster });
    lost = phase === "stale";
  };
}

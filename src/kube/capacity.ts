// Keeps the view that capacity checks read, from watches over the whole cluster: nodes, pods of everybody, quotas, limit ranges, and devices
// once somebody asks for some. Begun by the first question, then kept. What is not needed of an object is dropped while it is read.
// Refuses to answer "rejected" or "fits" from a view that is old: then it cannot be told.

import type { NodeGroup } from "../capacity/autoscaler.ts";
import { checkCapacity, ownerOf } from "../capacity/check.ts";
import { DEVICE_KINDS } from "../capacity/devices/deviceTable.ts";
import { createReservations, type Reservations } from "../capacity/reservations.ts";
import { type ClusterView, createClusterView, stripNode, stripPod } from "../capacity/view.ts";
import { type CapacityRequest, type CapacityVerdict, NO_HOLDERS } from "../model/capacity.ts";
import type { Manifest, ObjectRef } from "../model/manifest.ts";
import { reason } from "../model/reason.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { gatherPodFacts, isAutoscaled } from "./capacityFacts.ts";
import type { Connection } from "./connection.ts";
import type { Discovery } from "./discovery.ts";
import { labelsAt, listAt, textAt } from "../model/fields.ts";
import { type WatchState, watchForever } from "./watch.ts";

export interface Capacity {
  check(request: CapacityRequest, signal: AbortSignal): Promise<CapacityVerdict>;
  /** Called when an answer may have become another; nothing is told before the first question. */
  subscribe(onChange: () => void): () => void;
  close(): void;
}

export interface CapacityOptions {
  readonly connection: Connection;
  readonly discovery: Discovery;
  readonly clock: Clock;
  readonly log: Log;
  readonly read: (ref: ObjectRef, signal: AbortSignal) => Promise<Manifest | null>;
  readonly nodeGroups?: readonly NodeGroup[];
}

interface Source {
  readonly apiVersion: string;
  readonly kind: string;
  readonly strip: (object: Manifest) => Manifest;
  readonly replace: (objects: readonly Manifest[]) => void;
  readonly put: (object: Manifest) => void;
  readonly remove: (object: Manifest) => void;
}

interface Running {
  state: WatchState;
}

/** How long a question waits for the first lists. A hundred thousand pods take a few seconds. */
const FIRST_LISTS = 30_000;
const UNSERVED_AGAIN = 30_000;
/** Many pods come and go at once; those who wait are told once. */
const TELL_AFTER = 100;

export function createCapacity(options: CapacityOptions): Capacity {
  const { clock } = options;
  const view = createClusterView();
  const reservations = createReservations();
  const abort = new AbortController();
  const listeners = new Set<() => void>();
  const running = new Map<string, Running>();
  const waiting = new Set<() => void>();
  const tell = tellLater(clock, abort.signal, () => listeners.forEach((listener) => listener()));
  const start = (source: Source): void => {
    if (running.has(source.kind)) return;
    const entry: Running = { state: { phase: "starting", detail: "" } };
    running.set(source.kind, entry);
    const onState = (state: WatchState): void => {
      entry.state = state;
      for (const wake of waiting) wake();
    };
    void keep({ source, options, signal: abort.signal, onState, tell });
  };
  const base = [...baseSources(view, reservations)];
  return {
    check: async (request, signal) => {
      const sources = [...base, ...(asksForDevices(request) ? deviceSources(view) : [])];
      for (const source of sources) start(source);
      const entries = sources.map((source) => running.get(source.kind)).filter((one) => one !== undefined);
      await currentOrOld({ entries, waiting, clock, signal });
      const old = entries.find(({ state }) => state.phase !== "live" && state.phase !== "unserved");
      if (old !== undefined) return cannotTell(options.connection.cluster, old.state);
      const facts = await Promise.all(request.groups.map(({ pod }) => gatherPodFacts(options.read, pod, signal)));
      const autoscaled = await isAutoscaled(options, signal);
      const { nodeGroups = [] } = options;
      const now = clock.now().getTime();
      return checkCapacity(request, { view, reservations, now, facts, nodeGroups, autoscaled });
    },
    subscribe: (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    close: () => abort.abort(),
  };
}

function cannotTell(cluster: string, { detail }: WatchState): CapacityVerdict {
  const why = reason("ClusterUnreachable", { cluster, detail: detail === "" ? "no answer within 30s" : detail });
  return { class: "unknown", reason: why, missing: [], holders: NO_HOLDERS, nodes: { total: 0, suitable: 0 } };
}

/** Extended resources may be devices of drivers: their classes tell. */
function asksForDevices({ groups }: CapacityRequest): boolean {
  return groups.some(
    ({ pod }) =>
      listAt(pod, "spec", "resourceClaims").length > 0 ||
      [...listAt(pod, "spec", "containers"), ...listAt(pod, "spec", "initContainers")].some((container) =>
        [...Object.keys(labelsAt(container, "resources", "limits"))].some((name) => name.includes("/")),
      ),
  );
}

function* baseSources(view: ClusterView, reservations: Reservations): Generator<Source> {
  const { namespaces } = view;
  const same = (object: Manifest): Manifest => object;
  yield {
    ...{ apiVersion: "v1", kind: "Node", strip: (node) => stripNode(node) as Manifest }, // the name stays
    ...{ replace: view.replaceNodes, put: view.putNode, remove: (node) => view.removeNode(node.metadata.name) },
  };
  const put = (pod: Manifest): void => {
    view.putPod(pod);
    const node = textAt(pod, "spec", "nodeName");
    if (node !== "") arrive(reservations, pod, node);
  };
  yield {
    ...{ apiVersion: "v1", kind: "Pod", strip: (pod) => stripPod(pod) as Manifest }, // the name stays
    ...{ replace: view.replacePods, put, remove: view.removePod },
  };
  yield {
    ...{ apiVersion: "v1", kind: "ResourceQuota", strip: same, replace: namespaces.replaceQuotas },
    ...{ put: namespaces.putQuota, remove: namespaces.removeQuota },
  };
  yield {
    ...{ apiVersion: "v1", kind: "LimitRange", strip: same, replace: namespaces.replaceLimitRanges },
    ...{ put: namespaces.putLimitRange, remove: namespaces.removeLimitRange },
  };
}

/** A pod of a Job has a name of its own, and tells the Job's in a label. */
function arrive(reservations: Reservations, pod: Manifest, node: string): void {
  const { namespace = "", name } = pod.metadata;
  const job = labelsAt(pod, "metadata", "labels")["batch.kubernetes.io/job-name"];
  for (const owner of job === undefined ? [name] : [name, job])
    reservations.arrived({ owner: ownerOf({ namespace, name: owner }), pod: name, node });
}

function deviceSources({ devices }: ClusterView): readonly Source[] {
  return DEVICE_KINDS.map((kind) => ({
    apiVersion: "resource.k8s.io/v1",
    kind,
    strip: (object) => object,
    replace: (objects) => devices.replace(kind, objects),
    put: (object) => devices.put(kind, object),
    remove: (object) => devices.remove(kind, object),
  }));
}

interface Keeping {
  readonly source: Source;
  readonly options: CapacityOptions;
  readonly signal: AbortSignal;
  readonly onState: (state: WatchState) => void;
  readonly tell: () => void;
}

async function keep({ source, options, signal, onState, tell }: Keeping): Promise<void> {
  const { clock, discovery } = options;
  while (!signal.aborted) {
    try {
      const resource = await discovery.find(source.apiVersion, source.kind, signal);
      if (resource === undefined) onState({ phase: "unserved", detail: "" });
      else {
        const onList = (objects: readonly Manifest[]): void => (source.replace(objects), tell());
        const onChange = (type: "put" | "delete", object: Manifest): void => {
          if (type === "put") source.put(object);
          else source.remove(object);
          tell();
        };
        await watchForever({ ...options, resource, signal, strip: source.strip, onList, onChange, onState });
      }
    } catch (cause) {
      onState({ phase: "stale", detail: cause instanceof Error ? cause.message : String(cause) });
    }
    await clock.sleep(UNSERVED_AGAIN, signal);
  }
}

interface Awaited {
  readonly entries: readonly Running[];
  readonly waiting: Set<() => void>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function currentOrOld({ entries, waiting, clock, signal }: Awaited): Promise<void> {
  const done = new AbortController();
  const limit = clock.sleep(FIRST_LISTS, AbortSignal.any([signal, done.signal])).then(() => done.abort());
  while (!done.signal.aborted && entries.some(({ state }) => state.phase === "starting")) {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.add(resolve);
    await Promise.race([promise, limit]);
    waiting.delete(resolve);
  }
  done.abort();
  signal.throwIfAborted();
}

function tellLater(clock: Clock, signal: AbortSignal, tell: () => void): () => void {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    void clock.sleep(TELL_AFTER, signal).then(() => {
      planned = false;
      if (!signal.aborted) tell();
    });
  };
}

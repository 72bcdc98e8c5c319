// A real Kubernetes cluster behind ports/cluster.ts: puts together the connection, watches, apply and follow. It sends
// requests only to the cluster that the target names.
// @kubernetes/client-node is not used: it costs 87 MB of memory and 450 ms at the start (measured), more than the whole
// server may use.

import { textAt } from "../model/data/fieldReaders.ts";
import type { Manifest, ObjectRef } from "../model/kubernetes/manifest.ts";
import { refOf, shortRef } from "../model/kubernetes/manifest.ts";
import type { Clock } from "../ports/clock.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { Log } from "../ports/log.ts";
import { createCapacity } from "./capacity/capacity.ts";
import { gatherFacts } from "./clusterFacts.ts";
import { type FollowSources, followObjects } from "./judge/follow.ts";
import { currentView, healthNow } from "./judge/health.ts";
import { lastWords } from "./judge/lastLines.ts";
import { createMemories } from "./judge/recentVerdicts.ts";
import { type Ask, askOverNetwork } from "./judge/routeCheck/askAddress.ts";
import { createRouteChecks } from "./judge/routeCheck/checks.ts";
import { programSays404 } from "./judge/routeCheck/program.ts";
import { readLogs } from "./logs.ts";
import { createNetworkLook } from "./network/networkFacts.ts";
import { probeNetworkPolicy } from "./network/probeNetworkPolicy.ts";
import { type Connection, type ConnectionOptions, openConnection } from "./reach/connection.ts";
import { objectPath, openDiscovery } from "./reach/discovery.ts";
import { type ClusterTarget, findTarget } from "./reach/kubeconfig.ts";
import { shared, sharedByName } from "./reach/sharedRequest.ts";
import { KubernetesError } from "./refusals/apiError.ts";
import { clusterError } from "./refusals/refusal.ts";
import { createCache } from "./watches/cache.ts";
import { createLookup } from "./watches/lookup.ts";
import { type Api, applyObject, readLive } from "./write/apply.ts";
import { driftOf } from "./write/drift.ts";
import { dryRun } from "./write/dryRun.ts";
import { compareObject } from "./write/dryRunDifference.ts";
import { listObjects, NOT_KNOWN, selectorsOf } from "./write/listObjects.ts";
import { removeObject } from "./write/remove.ts";

interface ClusterOptions extends ConnectionOptions {
  /** Name of the cluster in kubemin. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How a request to a published route is made. Default: over the network. */
  readonly ask?: Ask;
}

interface ConnectOptions extends ClusterOptions {
  /** Path of a kubeconfig file. Default: the files of KUBECONFIG, else ~/.kube/config. */
  readonly kubeconfig: string | undefined;
  /**
   * Name of a context in it, or `in-cluster` for the service account of the pod that kubemin runs in. Default: its
   * current-context.
   */
  readonly context: string | undefined;
}

/** A cluster whose address or credential can change while kubemin runs. Runs on it continue. */
interface KubeCluster extends Cluster {
  retarget(target: ClusterTarget, calls: number): void;
}

/**
 * Reads only the configuration; the first request is sent by the first call. Throws ClusterError when the configuration
 * cannot be used.
 */
export async function connectCluster(options: ConnectOptions): Promise<Cluster> {
  return openCluster(await findTarget(options), options);
}

export function openCluster(target: ClusterTarget, options: ClusterOptions): KubeCluster {
  const { name, clock, log } = options;
  const connection = openConnection(name, target, clock, options);
  const discovery = openDiscovery(connection, clock);
  const api: Api = { connection, discovery };
  const cache = createCache({ connection, discovery, clock, log });
  const closed = new AbortController();
  const read = (ref: ObjectRef, signal: AbortSignal): Promise<Manifest | null> => readObject(api, ref, signal);
  const list: Cluster["list"] = (kind, signal) =>
    listObjects(api, { ...kind, ...selectorsOf(kind), withoutList: NOT_KNOWN }, signal);
  const { sources, routes } = openDependencies({ connection, cache, closed: closed.signal, read }, options);
  const facts = shared({ clock, closed: closed.signal, ask: (signal) => gatherFacts(api, signal) });
  const namespaceExists = sharedByName((name) => ({
    clock,
    closed: closed.signal,
    ask: async (signal) => (await read({ ...NAMESPACE, name }, signal)) !== null,
    keep: (exists) => exists,
  }));
  const capacity = createCapacity({ connection, discovery, clock, log, read, list });
  const cluster: KubeCluster = {
    name,
    kind: "kubernetes",
    probe: (signal) => askVersion(connection, signal),
    breakerOpen: () => connection.breakerOpen(),
    retarget: (next, calls) => connection.retarget(next, calls),
    facts,
    namespaceExists,
    apply: async (object, given) => (await applyObject(api, { object, options: given, dryRun: false })).applied,
    dryRun: (object, given) => dryRun(api, object, given),
    compare: (object, given) => compareObject(api, object, given),
    drifted: async (objects, signal) => {
      await currentView(sources, objects.map(refOf), signal);
      return objects.flatMap((object) => driftOf(cache, object) ?? []);
    },
    subscribe: (onChange) => cache.subscribe(onChange),
    read,
    list,
    remove: (ref, given) => removeObject({ api, ref, options: given, clock }),
    follow: (objects, onHealth) => followObjects(sources, objects, onHealth),
    health: (refs, signal) => healthNow(sources, refs, signal),
    logs: (owner, given) => readLogs({ connection, clock }, owner, given),
    capacity,
    close: async () => {
      closed.abort();
      capacity.close();
      routes.close();
      cache.close();
      await connection.close();
    },
  };
  return withNetwork(cluster, api, clock);
}

/** Adds the questions about the network: its addresses, and the probe of NetworkPolicies. */
function withNetwork(cluster: KubeCluster, api: Api, clock: Clock): KubeCluster {
  const network = createNetworkLook(api, clock);
  return {
    ...cluster,
    network: (signal) => network.look(signal),
    probeNetwork: (probe) => probeNetworkPolicy(cluster, probe),
  };
}

interface Parts {
  readonly connection: Connection;
  readonly cache: ReturnType<typeof createCache>;
  readonly closed: AbortSignal;
  readonly read: (ref: ObjectRef, signal: AbortSignal) => Promise<Manifest | null>;
}

/** Builds what following an object needs in addition to the watches. */
function openDependencies({ connection, cache, closed, read }: Parts, options: ClusterOptions) {
  const { name, clock, log } = options;
  const lookup = createLookup({ clock, read: (ref) => read(ref, closed), onAnswer: () => cache.refresh() });
  const routes = createRouteChecks({
    clock,
    ask: options.ask ?? askOverNetwork,
    programSays404: (question, signal) => programSays404(connection, question, signal),
    onAnswer: () => cache.refresh(),
  });
  const sources: FollowSources = {
    cluster: name,
    cache,
    lookup,
    routes,
    memories: createMemories(),
    clock,
    log,
    read,
    lastWords: (source, signal) => lastWords(connection, source, signal),
  };
  return { sources, routes };
}

const PROBE = 5_000;
const NAMESPACE = { apiVersion: "v1", kind: "Namespace", namespace: "" } as const;

async function askVersion(connection: Connection, signal: AbortSignal): Promise<string> {
  const { body } = await connection.call({ path: "/version", signal, deadline: PROBE, probe: true });
  return textAt(body, "gitVersion");
}

async function readObject(api: Api, ref: ObjectRef, signal: AbortSignal): Promise<Manifest | null> {
  try {
    const resource = await api.discovery.findInGroup(ref.apiVersion, ref.kind, signal);
    // A kind that is not served has no objects.
    if (resource === undefined) return null;
    const live = await readLive(api.connection, objectPath(resource, ref), signal);
    if (live === null) return null;
    const { managedFields: _bookkeeping, ...metadata } = live.metadata;
    return { ...live, metadata };
  } catch (cause) {
    if (!(cause instanceof KubernetesError)) throw cause;
    throw clusterError({ error: cause, object: shortRef(ref), cluster: api.connection.cluster, mask: (text) => text });
  }
}

// What a check needs of a cluster, in memory and kept by single events: nodes, what the pods on them hold, quotas, limits, devices.
// A check reads it as it is; nothing is ever listed for a check. It keeps no object, only what is asked of it.
import type { JsonObject } from "../model/json.ts";
import { type Amounts, addTo } from "./amounts.ts";
import { createDeviceTable, type DeviceTable } from "./devices/deviceTable.ts";
import { listAt, objectAt, textAt } from "./fields.ts";
import { createInterner } from "./intern.ts";
import { createNamespaceTable, type NamespaceTable } from "./namespace/namespaceTable.ts";
import { type NodeRecord, nodeRecord, type PodRecord, podRecord } from "./records.ts";

/** What is taken of a node, whether we know the node already or not. */
export interface Occupancy {
  readonly used: Amounts;
  readonly pods: ReadonlySet<PodRecord>;
  /** Pods for which room is being made; they are not in `used`. */
  readonly nominated: ReadonlySet<PodRecord>;
}

export interface ClusterView {
  readonly putNode: (node: JsonObject) => void;
  readonly removeNode: (name: string) => void;
  readonly replaceNodes: (nodes: readonly JsonObject[]) => void;
  readonly putPod: (pod: JsonObject) => void;
  readonly removePod: (pod: JsonObject) => void;
  readonly replacePods: (pods: readonly JsonObject[]) => void;
  readonly namespaces: NamespaceTable;
  readonly devices: DeviceTable;
  nodes(): Iterable<NodeRecord>;
  node(name: string): NodeRecord | undefined;
  nodeCount(): number;
  occupancy(node: string): Occupancy;
  pods(): Iterable<PodRecord>;
  podCount(): number;
  /** Running pods that keep others off. */
  keepingOff(): Iterable<PodRecord>;
}

interface Held {
  readonly used: Map<string, number>;
  readonly pods: Set<PodRecord>;
  readonly nominated: Set<PodRecord>;
}

const EMPTY: Occupancy = { used: new Map(), pods: new Set(), nominated: new Set() };

export function createClusterView(): ClusterView {
  const nodes = new Map<string, NodeRecord>();
  const pods = createPodTable();
  return {
    putNode: (node) => void nodes.set(textAt(node, "metadata", "name"), nodeRecord(node)),
    removeNode: (name) => void nodes.delete(name),
    replaceNodes: (list) => {
      nodes.clear();
      for (const node of list) nodes.set(textAt(node, "metadata", "name"), nodeRecord(node));
    },
    putPod: pods.put,
    removePod: pods.remove,
    replacePods: pods.replace,
    namespaces: createNamespaceTable(),
    devices: createDeviceTable(),
    nodes: () => nodes.values(),
    node: (name) => nodes.get(name),
    nodeCount: () => nodes.size,
    occupancy: (node) => pods.held.get(node) ?? EMPTY,
    pods: () => pods.byKey.values(),
    podCount: () => pods.byKey.size,
    keepingOff: () => pods.keepingOff,
  };
}

function createPodTable() {
  const byKey = new Map<string, PodRecord>();
  const held = new Map<string, Held>();
  const keepingOff = new Set<PodRecord>();
  const shared = createSharing();
  const remove = (key: string): void => {
    const record = byKey.get(key);
    if (record === undefined) return;
    byKey.delete(key);
    keepingOff.delete(record);
    shared.release(record);
    const node = held.get(record.node);
    if (node === undefined) return;
    node.nominated.delete(record);
    if (node.pods.delete(record)) addTo(node.used, record.requests, -1);
    if (node.pods.size + node.nominated.size === 0) held.delete(record.node);
  };
  const put = (pod: JsonObject): void => {
    const key = keyOf(pod);
    remove(key);
    const fresh = podRecord(pod);
    if (fresh === undefined) return;
    const record = shared.keep(fresh);
    byKey.set(key, record);
    if (record.keepsOff.length > 0) keepingOff.add(record);
    const node = held.get(record.node) ?? { used: new Map(), pods: new Set(), nominated: new Set() };
    held.set(record.node, node);
    (record.nominated ? node.nominated : node.pods).add(record);
    if (!record.nominated) addTo(node.used, record.requests);
  };
  const replace = (list: readonly JsonObject[]): void => {
    const there = new Set(list.map(keyOf));
    for (const key of byKey.keys()) if (!there.has(key)) remove(key);
    for (const pod of list) put(pod);
  };
  return { byKey, held, keepingOff, put, replace, remove: (pod: JsonObject) => remove(keyOf(pod)) };
}

function keyOf(pod: JsonObject): string {
  return `${textAt(pod, "metadata", "namespace")}/${textAt(pod, "metadata", "name")}`;
}

/** Requests, labels and namespaces are the same for many pods: they are kept once. */
function createSharing() {
  const requests = createInterner<Amounts>();
  const labels = createInterner<PodRecord["labels"]>();
  const amountsKey = (amounts: Amounts): string => [...amounts].flat().join(" ");
  const labelsKey = (record: PodRecord): string => Object.entries(record.labels).flat().join(" ");
  return {
    keep: (record: PodRecord): PodRecord => ({
      ...record,
      requests: requests.take(amountsKey(record.requests), () => record.requests),
      labels: labels.take(labelsKey(record), () => record.labels),
    }),
    release: (record: PodRecord): void => {
      requests.drop(amountsKey(record.requests));
      labels.drop(labelsKey(record));
    },
  };
}

/** What of a pod is worth keeping while a long list is on its way: about a tenth of it. */
export function stripPod(pod: JsonObject): JsonObject {
  const metadata = objectAt(pod, "metadata") ?? {};
  const { name, namespace, labels, deletionTimestamp } = metadata;
  const annotations = Object.fromEntries(
    Object.entries(objectAt(metadata, "annotations") ?? {}).filter(([key]) => key.startsWith("hami.io/vgpu")),
  );
  const spec = objectAt(pod, "spec") ?? {};
  const { nodeName, priority, overhead, hostNetwork, resources, resourceClaims } = spec;
  const keepsOff = objectAt(spec, "affinity", "podAntiAffinity");
  return {
    metadata: { name, namespace, labels, deletionTimestamp, annotations },
    spec: {
      nodeName,
      priority,
      overhead,
      hostNetwork,
      resources,
      resourceClaims,
      containers: listAt(spec, "containers").map(stripContainer),
      initContainers: listAt(spec, "initContainers").map(stripContainer),
      ...(keepsOff === undefined ? {} : { affinity: { podAntiAffinity: keepsOff } }),
    },
    status: stripStatus(objectAt(pod, "status") ?? {}),
  };
}

function stripContainer({ name, resources, ports, restartPolicy }: JsonObject): JsonObject {
  return { name, resources, ports, restartPolicy };
}

function stripStatus(status: JsonObject): JsonObject {
  const slim = ({ name, allocatedResources, resources }: JsonObject): JsonObject => ({
    name,
    allocatedResources,
    resources,
  });
  return {
    phase: status["phase"],
    nominatedNodeName: status["nominatedNodeName"],
    conditions: listAt(status, "conditions").filter((one) => one["type"] === "PodResizePending"),
    containerStatuses: listAt(status, "containerStatuses").map(slim),
    initContainerStatuses: listAt(status, "initContainerStatuses").map(slim),
  };
}

export function stripNode(node: JsonObject): JsonObject {
  const { name, labels, annotations } = objectAt(node, "metadata") ?? {};
  const kept = Object.fromEntries(
    Object.entries(objectAt({ annotations }, "annotations") ?? {}).filter(([key]) => key.startsWith("hami.io/")),
  );
  const { taints, unschedulable } = objectAt(node, "spec") ?? {};
  const { allocatable, capacity } = objectAt(node, "status") ?? {};
  return {
    metadata: { name, labels, annotations: kept },
    spec: { taints, unschedulable },
    status: { allocatable, capacity },
  };
}

// What a check needs of a cluster, in memory and updated by single events: nodes, what their pods take, quotas, limits,
// devices. No check lists objects of the cluster. The lists and watches that feed it are in src/kube/capacity/.
import type { JsonObject } from "../../model/data/json.ts";
import { createDeviceTable, type DeviceTable } from "../devices/deviceTable.ts";
import type { HamiShare } from "../devices/hamiPod.ts";
import { listAt, objectAt, textAt } from "../kubernetes/optionalFields.ts";
import { createNamespaceTable, type NamespaceTable } from "../namespace/namespaceTable.ts";
import { type ChangeLog, createChangeLog } from "./changeLog.ts";
import { type CountedKind, createPodTable, type Occupancy } from "./podTable.ts";
import { type NodeRecord, nodeRecord, type PodKind } from "./records.ts";

export interface ClusterView {
  readonly putNode: (node: JsonObject) => void;
  readonly removeNode: (name: string) => void;
  readonly replaceNodes: (nodes: readonly JsonObject[]) => void;
  readonly putPod: (pod: JsonObject) => void;
  readonly removePod: (pod: JsonObject) => void;
  readonly replacePods: (pods: readonly JsonObject[]) => void;
  /** Between the two calls all pods are put, page by page. */
  readonly beginPods: () => void;
  readonly endPods: () => void;
  readonly namespaces: NamespaceTable;
  readonly devices: DeviceTable;
  readonly changes: ChangeLog;
  nodes(): Iterable<NodeRecord>;
  node(name: string): NodeRecord | undefined;
  nodeCount(): number;
  occupancy(node: string): Occupancy;
  /** The kind of one pod that is on a node. `undefined` when there is no such pod. */
  podKind(namespace: string, name: string): PodKind | undefined;
  /** All pods, counted by kind and node. */
  kinds(): Iterable<CountedKind>;
  podCount(): number;
  /** The shares of HAMi's cards that pods of the namespace have. */
  sharesIn(namespace: string): Iterable<readonly HamiShare[]>;
  /** Kinds of pods with required anti-affinity terms. */
  keepingOff(): Iterable<CountedKind>;
  /** `driver/pool/device`: whether a claim has the device. */
  readonly isTaken: (device: string) => boolean;
  /** The specs of pods of the namespace that the status of its quotas does not count yet. */
  charged(namespace: string): readonly JsonObject[];
}

export function createClusterView(): ClusterView {
  const nodes = new Map<string, NodeRecord>();
  const changes = createChangeLog();
  const pods = createPodTable((node, kind) => changes.add({ node, kind }));
  const devices = createDeviceTable(() => changes.add({ devices: true }));
  return {
    changes,
    putNode: (node) => {
      const record = nodeRecord(node);
      nodes.set(record.name, record);
      changes.add({ node: record.name });
    },
    removeNode: (name) => {
      nodes.delete(name);
      changes.add({ node: name });
    },
    replaceNodes: (list) => {
      changes.addAll();
      nodes.clear();
      for (const node of list) nodes.set(textAt(node, "metadata", "name"), nodeRecord(node));
    },
    putPod: pods.put,
    removePod: pods.remove,
    replacePods: pods.replace,
    beginPods: pods.beginReplace,
    endPods: pods.endReplace,
    namespaces: createNamespaceTable(changes),
    devices,
    nodes: () => nodes.values(),
    node: (name) => nodes.get(name),
    nodeCount: () => nodes.size,
    occupancy: (node) => pods.occupancy(node),
    podKind: (namespace, name) => pods.kindOf(namespace, name),
    kinds: () => pods.kinds(),
    podCount: () => pods.count(),
    sharesIn: (namespace) => pods.sharesIn(namespace),
    keepingOff: () => pods.keepingOff(),
    isTaken: devices.isTaken,
    charged: () => [],
  };
}

/** Reduces a pod of a long list to what the view needs, about a tenth of it. */
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
    resourceClaimStatuses: status["resourceClaimStatuses"],
    extendedResourceClaimStatus: status["extendedResourceClaimStatus"],
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

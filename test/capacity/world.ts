// Short builders of nodes, pods and questions for the tests of capacity.
import { type CapacityState, checkCapacity } from "../../src/capacity/check.ts";
import { type ClusterView, createClusterView } from "../../src/capacity/view/clusterView.ts";
import { createReservations } from "../../src/capacity/waiting/reservations.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import type { CapacityVerdict } from "../../src/model/kubernetes/capacity.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";

export const GPU = "nvidia.com/gpu";

export interface NodeWish {
  readonly gpus?: number;
  readonly cpu?: string;
  readonly memory?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly JsonObject[];
  readonly cordoned?: boolean;
  readonly more?: Readonly<Record<string, string>>;
  readonly capacity?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function node(name: string, wish: NodeWish = {}): JsonObject {
  const { gpus = 0, cpu = "16", memory = "64Gi", labels = {}, taints = [], annotations = {} } = wish;
  const allocatable = { cpu, memory, pods: "110", ...(gpus > 0 ? { [GPU]: String(gpus) } : {}), ...wish.more };
  return {
    metadata: { name, labels: { "kubernetes.io/hostname": name, ...labels }, annotations },
    spec: { taints, ...(wish.cordoned === true ? { unschedulable: true } : {}) },
    status: { allocatable, capacity: { ...allocatable, ...wish.capacity } },
  };
}

export interface PodWish {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly on?: string;
  readonly status?: JsonObject;
}

export function pod(name: string, wish: PodWish = {}): Manifest {
  const { requests = {}, limits = {}, spec = {}, labels = {}, annotations = {} } = wish;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", labels, annotations },
    spec: {
      containers: [{ name: "main", image: "busybox", resources: { requests, limits } }],
      ...spec,
      ...(wish.on === undefined ? {} : { nodeName: wish.on }),
    },
    ...(wish.status === undefined ? {} : { status: wish.status }),
  };
}

export const gpuPod = (gpus: number, wish: PodWish = {}): Manifest =>
  pod("asked", { limits: { [GPU]: String(gpus) }, ...wish });

export function viewOf(nodes: readonly JsonObject[], pods: readonly JsonObject[] = []): ClusterView {
  const view = createClusterView();
  view.replaceNodes(nodes);
  view.replacePods(pods);
  return view;
}

export function ask(
  view: ClusterView,
  asked: Manifest,
  more: Partial<CapacityState> & { count?: number } = {},
): CapacityVerdict {
  const { count = 1, ...state } = more;
  const request = { groups: [{ pod: asked, count }], project: "mine" };
  return checkCapacity(request, { view, reservations: createReservations(view), now: 0, ...state });
}

// The kinds that feed the capacity view of a cluster, which fields of each object are kept, and which part of the view
// takes them.
import { DEVICE_KINDS } from "../../capacity/devices/deviceTable.ts";
import { type ClusterView, stripNode, stripPod } from "../../capacity/view/clusterView.ts";
import type { Reservations } from "../../capacity/waiting/reservations.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";

export interface CapacitySource {
  readonly apiVersion: string;
  readonly kind: string;
  /** Pods that have ended use no resources, so the server does not send them. */
  readonly fieldSelector?: string;
  readonly strip: (object: Manifest) => Manifest;
  /** Takes a long list page by page; `replace` is called at its end. */
  readonly page?: (objects: readonly Manifest[], isFirst: boolean) => void;
  readonly replace: (objects: readonly Manifest[]) => void;
  readonly put: (object: Manifest) => void;
  readonly remove: (object: Manifest) => void;
}

export function* baseSources(view: ClusterView, reservations: Reservations): Generator<CapacitySource> {
  const { namespaces } = view;
  const same = (object: Manifest): Manifest => object;
  yield {
    apiVersion: "v1",
    kind: "Node",
    strip: (node) => stripNode(node) as Manifest, // the name stays
    replace: view.replaceNodes,
    put: view.putNode,
    remove: (node) => view.removeNode(node.metadata.name),
  };
  const put = (pod: Manifest): void => {
    view.putPod(pod);
    reservations.podSeen(pod);
  };
  yield {
    apiVersion: "v1",
    kind: "Pod",
    fieldSelector: "status.phase!=Succeeded,status.phase!=Failed",
    strip: (pod) => stripPod(pod) as Manifest, // the name stays
    page: (pods, isFirst) => {
      if (isFirst) view.beginPods();
      pods.forEach(put);
    },
    replace: view.endPods,
    put,
    remove: view.removePod,
  };
  yield {
    apiVersion: "v1",
    kind: "ResourceQuota",
    strip: same,
    replace: namespaces.replaceQuotas,
    put: namespaces.putQuota,
    remove: namespaces.removeQuota,
  };
  yield {
    apiVersion: "v1",
    kind: "LimitRange",
    strip: same,
    replace: namespaces.replaceLimitRanges,
    put: namespaces.putLimitRange,
    remove: namespaces.removeLimitRange,
  };
}

export function deviceSources({ devices }: ClusterView): readonly CapacitySource[] {
  return DEVICE_KINDS.map((kind) => ({
    apiVersion: "resource.k8s.io/v1",
    kind,
    strip: (object) => object,
    replace: (objects) => devices.replace(kind, objects),
    put: (object) => devices.put(kind, object),
    remove: (object) => devices.remove(kind, object),
  }));
}

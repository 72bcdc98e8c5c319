// The simulated scheduler: finds a node for each pod, one pod at a time, with the arithmetic of src/capacity. Its view of
// the cluster is built when the first pod asks for a node, and follows the objects of the sandbox from then on. It does
// not evict pods, and does not know the room that kubemin reserves, as a real scheduler does not.
import { sharesOn } from "../../capacity/fit/nodeFit.ts";
import { survey } from "../../capacity/fit/survey.ts";
import { createNeighbours } from "../../capacity/neighbours/neighbours.ts";
import { type ClusterView, createClusterView } from "../../capacity/view/clusterView.ts";
import { shapeOf } from "../../capacity/view/podFacts.ts";
import { listAt } from "../../model/data/fieldReaders.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { SandboxObjects, SandboxPod, StoredObject } from "../objects/sandboxObjects.ts";
import { occupiesNode } from "../pods/occupation.ts";
import type { Placing } from "../pods/pods.ts";
import { allocationOf } from "./hami.ts";
import { podKey, podManifest } from "./podManifest.ts";
import { unschedulableMessage } from "./schedulerMessage.ts";

export interface Scheduler extends Placing {
  /** Counts every pod that takes something of a node, after `refresh`. Empty before the first pod asks for a node. */
  readonly view: ClusterView;
  readonly refresh: () => void;
  /** Calls `onBound` for each pod that got its node, until the returned function is called. */
  onBound(listener: (pod: Manifest) => void): () => void;
}

export function createScheduler(objects: SandboxObjects, nodes: readonly Manifest[]): Scheduler {
  const view = createClusterView();
  const counted = new Map<string, SandboxPod>();
  let outdated = true;
  const listeners = new Set<(pod: Manifest) => void>();
  const put = (object: StoredObject, pod: SandboxPod): void => {
    const key = podKey(object, pod);
    if (counted.get(key) === pod) return;
    view.putPod(podManifest(object, pod));
    counted.set(key, pod);
  };
  const catchUp = (): void => {
    if (!outdated) return;
    outdated = false;
    if (view.nodeCount() === 0) view.replaceNodes(nodes);
    const now = objects.now();
    const gone = new Set(counted.keys());
    for (const object of objects.list())
      for (const pod of object.pods) {
        if (!occupiesNode(object, pod, now)) continue;
        gone.delete(podKey(object, pod));
        put(object, pod);
      }
    for (const key of gone) {
      const [namespace, name] = key.split("/");
      view.removePod({ metadata: { namespace: namespace ?? "", name: name ?? "" } });
      counted.delete(key);
    }
  };
  return {
    view,
    refresh: () => {
      outdated = true;
      catchUp();
    },
    catchUp: () => {
      outdated = true;
    },
    place: (object, pod) => {
      catchUp();
      const placed = placeOn(view, podManifest(object, pod), new Date(objects.now()).toISOString());
      if ("hold" in placed) return placed;
      const bound = { ...pod, ...placed };
      put(object, bound);
      const manifest = podManifest(object, bound);
      for (const listener of listeners) listener(manifest);
      return placed;
    },
    onBound: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function placeOn(view: ClusterView, pod: Manifest, at: string): ReturnType<Placing["place"]> {
  const shape = shapeOf(pod, {}, []);
  const around = {
    view,
    neighbours: createNeighbours(view, shape),
    devices: undefined,
    most: 1,
    alone: true,
  };
  const found = survey(shape, 1, around);
  const [place] = found.places;
  const node = found.suitable.find((one) => one.node.name === place?.node)?.node;
  if (node === undefined) return { hold: reason("Unschedulable", { detail: unschedulableMessage(found) }) };
  const [shares] = sharesOn(node, shape, { view, pods: 1 });
  if (shares === undefined) return { node: node.name };
  const init = listAt(shape.spec, "initContainers").length;
  return { node: node.name, annotations: allocationOf({ node: node.name, shares, init, at }) };
}

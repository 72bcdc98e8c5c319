// The queues that the sandbox has from the start, as Kueue's objects, and what they hold. A LocalQueue or a ClusterQueue
// that a user or a test creates under the same name comes before these.
import { readAmounts } from "../../capacity/kubernetes/amounts.ts";
import { listAt, objectAt, textAt, textsAt } from "../../model/data/fieldReaders.ts";
import type { Manifest, ObjectRef } from "../../model/kubernetes/manifest.ts";
import type { SandboxObjects } from "../objects/sandboxObjects.ts";

export const KUEUE = "kueue.x-k8s.io/v1beta1";
/** Every namespace has a LocalQueue of this name, which leads to the ClusterQueue of this name. */
const QUEUE = "gpu";

const RESOURCES = { cpu: "128", memory: "1Ti", "nvidia.com/gpu": "8" } as const;

/** The quota is smaller than the hardware, so that jobs wait in the queue while GPUs are free. */
const CLUSTER_QUEUE: Manifest = {
  apiVersion: KUEUE,
  kind: "ClusterQueue",
  metadata: { name: QUEUE },
  spec: {
    queueingStrategy: "BestEffortFIFO",
    stopPolicy: "None",
    namespaceSelector: {},
    resourceGroups: [
      {
        coveredResources: Object.keys(RESOURCES),
        flavors: [
          {
            name: QUEUE,
            resources: Object.entries(RESOURCES).map(([name, nominalQuota]) => ({ name, nominalQuota })),
          },
        ],
      },
    ],
  },
};

function localQueue(namespace: string): Manifest {
  return {
    apiVersion: KUEUE,
    kind: "LocalQueue",
    metadata: { name: QUEUE, namespace },
    spec: { clusterQueue: QUEUE },
  };
}

/** The object of the ref, if it is one of the queues that the sandbox has from the start. */
export function givenQueue({ kind, namespace, name }: ObjectRef): Manifest | undefined {
  if (name !== QUEUE) return undefined;
  if (kind === "ClusterQueue") return CLUSTER_QUEUE;
  return kind === "LocalQueue" ? localQueue(namespace) : undefined;
}

export interface QuotaRoom {
  readonly name: string;
  readonly stopped: "None" | "Hold" | "HoldAndDrain";
  /** One flavor for each resource: only the first flavor of a resource group counts in the sandbox. */
  readonly resources: ReadonlyMap<string, { readonly flavor: string; readonly nominal: number }>;
}

/** The ClusterQueue behind a LocalQueue, or the words that Kueue has for one that does not exist. */
export function queueBehind(
  objects: SandboxObjects,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): QuotaRoom | string {
  const local = find(objects, { apiVersion: KUEUE, kind: "LocalQueue", namespace, name });
  if (local === undefined) return `LocalQueue ${name} doesn't exist`;
  const wanted = textAt(local, "spec", "clusterQueue");
  const queue = find(objects, { apiVersion: KUEUE, kind: "ClusterQueue", namespace: "", name: wanted });
  if (queue === undefined) return `ClusterQueue ${wanted} doesn't exist`;
  const policy = textAt(queue, "spec", "stopPolicy");
  const stopped = policy === "Hold" || policy === "HoldAndDrain" ? policy : "None";
  const groups = listAt(queue, "spec", "resourceGroups");
  return { name: wanted, stopped, resources: new Map(groups.flatMap(resourcesOfGroup)) };
}

function resourcesOfGroup(group: object) {
  const [flavor] = listAt(group, "flavors");
  return textsAt(group, "coveredResources").map((resource) => {
    const row = listAt(flavor, "resources").find((one) => textAt(one, "name") === resource);
    const nominal = readAmounts({ [resource]: objectAt({ row }, "row")["nominalQuota"] }).get(resource) ?? 0;
    return [resource, { flavor: textAt(flavor, "name"), nominal }] as const;
  });
}

function find(objects: SandboxObjects, ref: ObjectRef): Manifest | undefined {
  return objects.get(ref)?.manifest ?? givenQueue(ref);
}

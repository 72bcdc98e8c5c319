// Objects that the random questions name and that must exist in the cluster: priority classes, a RuntimeClass with
// overhead, volumes that only some nodes reach.
import type { Connection } from "../../src/kube/reach/connection.ts";
import { dig } from "../../src/model/data/json.ts";
import { CLASSES, claimIn, HEAVY, VOLUME_ZONES } from "./randomCluster.ts";
import { create, inParallel, listed, remove, until } from "./rawCalls.ts";

const PRIORITIES = "/apis/scheduling.k8s.io/v1/priorityclasses";
const RUNTIMES = "/apis/node.k8s.io/v1/runtimeclasses";
const VOLUMES = "/api/v1/persistentvolumes";

export async function makeClasses(raw: Connection): Promise<void> {
  await create(raw, PRIORITIES, { metadata: { name: CLASSES.low }, value: -10 });
  await create(raw, PRIORITIES, { metadata: { name: CLASSES.high }, value: 1_000 });
  await create(raw, PRIORITIES, { metadata: { name: CLASSES.polite }, value: 1_000, preemptionPolicy: "Never" });
  await create(raw, RUNTIMES, {
    metadata: { name: HEAVY },
    handler: "heavy",
    overhead: { podFixed: { cpu: "2500m", memory: "1Gi" } },
    scheduling: { nodeSelector: { disk: "ssd" }, tolerations: [{ key: "team", operator: "Exists" }] },
  });
}

/** The claims are bound already, so only the nodes decide which pods can use them. */
export async function makeVolumes(raw: Connection, namespace: string): Promise<void> {
  const claims = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
  for (const zone of VOLUME_ZONES) {
    const name = `${namespace}-${zone}`;
    const access = { accessModes: ["ReadWriteMany"], storageClassName: "precision" };
    const expression = { key: "zone", operator: "In", values: [zone] };
    await create(raw, VOLUMES, {
      metadata: { name, labels: { random: "volume" } },
      spec: {
        ...access,
        capacity: { storage: "1Gi" },
        local: { path: "/data" },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } },
        claimRef: { namespace, name: claimIn(zone) },
      },
    });
    await create(raw, claims, {
      metadata: { name: claimIn(zone) },
      spec: { ...access, volumeName: name, resources: { requests: { storage: "1Gi" } } },
    });
  }
  const isBound = async (): Promise<boolean> =>
    (await listed(raw, claims)).every((claim) => dig(claim, "status", "phase") === "Bound");
  await until(isBound, "the volumes to be bound");
}

export async function forgetClasses(raw: Connection): Promise<void> {
  for (const name of Object.values(CLASSES)) await remove(raw, `${PRIORITIES}/${name}`);
  await remove(raw, `${RUNTIMES}/${HEAVY}`);
  const volumes = await listed(raw, VOLUMES, "random");
  await inParallel(volumes, (volume) => remove(raw, `${VOLUMES}/${String(dig(volume, "metadata", "name"))}`));
}

// Which pods have the devices of drivers (resource.k8s.io). An allocation does not name a pod, but the claim says for
// which pods it is reserved.
import { listAt, textAt } from "../kubernetes/optionalFields.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { PodKind } from "../view/records.ts";

/**
 * The pods that have a device, as `namespace/name` with their kind, by `driver/pool/device`. Left out are pods that the
 * view does not know, and claims that are reserved for no pod.
 */
export function deviceHolders(view: ClusterView): ReadonlyMap<string, ReadonlyMap<string, PodKind>> {
  const holders = new Map<string, ReadonlyMap<string, PodKind>>();
  for (const claim of view.devices.all("ResourceClaim")) {
    const results = listAt(claim, "status", "allocation", "devices", "results");
    if (results.length === 0) continue;
    const namespace = textAt(claim, "metadata", "namespace");
    const names = listAt(claim, "status", "reservedFor").flatMap((one) =>
      textAt(one, "resource") === "pods" ? [textAt(one, "name")] : [],
    );
    const pods = new Map(
      names.flatMap((name) => {
        const kind = view.podKind(namespace, name);
        return kind === undefined ? [] : [[`${namespace}/${name}`, kind] as const];
      }),
    );
    for (const result of results)
      if (result["adminAccess"] !== true)
        holders.set(`${textAt(result, "driver")}/${textAt(result, "pool")}/${textAt(result, "device")}`, pods);
  }
  return holders;
}

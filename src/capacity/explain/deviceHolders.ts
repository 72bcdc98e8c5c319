// Which pods have the devices of drivers (resource.k8s.io). An allocation does not name a pod, but the claim says for
// which pods it is reserved.
import { textAt, listAt } from "../kubernetes/optionalFields.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { PodKind } from "../view/records.ts";

/**
 * The number of pods of each kind that have a device, by `driver/pool/device`. A pod that the view does not know, or a
 * claim that is reserved for no pod, is not counted.
 */
export function deviceHolders(view: ClusterView): ReadonlyMap<string, ReadonlyMap<PodKind, number>> {
  const holders = new Map<string, ReadonlyMap<PodKind, number>>();
  for (const claim of view.devices.all("ResourceClaim")) {
    const results = listAt(claim, "status", "allocation", "devices", "results");
    if (results.length === 0) continue;
    const namespace = textAt(claim, "metadata", "namespace");
    const kinds = new Map<PodKind, number>();
    for (const one of listAt(claim, "status", "reservedFor")) {
      const kind = textAt(one, "resource") === "pods" ? view.podKind(namespace, textAt(one, "name")) : undefined;
      if (kind !== undefined) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    for (const result of results)
      if (result["adminAccess"] !== true)
        holders.set(`${textAt(result, "driver")}/${textAt(result, "pool")}/${textAt(result, "device")}`, kinds);
  }
  return holders;
}

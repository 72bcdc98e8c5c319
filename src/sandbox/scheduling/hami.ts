// Simulates HAMi: its webhook hands pods that ask for a share of a card to its scheduler, and its scheduler writes to the
// pod which share of which card it has. A pod that asks for whole devices is left alone, so that nodes with and without
// HAMi can be tried next to each other.
import { labelsAt, listAt, objectAt, textAt } from "../../model/data/fieldReaders.ts";
import type { JsonObject } from "../../model/data/json.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { SHARED_TAINT } from "../nodes/simulatedNodes.ts";

const SHARES: readonly string[] = ["nvidia.com/gpumem", "nvidia.com/gpumem-percentage", "nvidia.com/gpucores"];

/** The pod as HAMi's webhook changes it. */
export function withHamiScheduler(pod: Manifest): Manifest {
  const spec = objectAt(pod, "spec");
  if (!listAt(spec, "containers").some(asksForShare) || textAt(spec, "schedulerName") !== "") return pod;
  const toleration = { key: SHARED_TAINT.key, operator: "Exists", effect: "NoSchedule" };
  const tolerations = [...listAt(spec, "tolerations"), toleration];
  return { ...pod, spec: { ...spec, schedulerName: "hami-scheduler", tolerations } };
}

function asksForShare(container: JsonObject): boolean {
  const asked = { ...labelsAt(container, "resources", "limits"), ...labelsAt(container, "resources", "requests") };
  return SHARES.some((resource) => asked[resource] !== undefined);
}

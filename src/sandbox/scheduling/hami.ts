// Simulates HAMi: its webhook hands pods that ask for a share of a card to its scheduler, and its scheduler writes to the
// pod which share of which card it has. A pod that asks for whole devices is left alone, so that nodes with and without
// HAMi can be tried next to each other.

import type { HamiShare } from "../../capacity/devices/hamiPod.ts";
import { isExtended } from "../../capacity/kubernetes/amounts.ts";
import { labelsAt, listAt, objectAt, textAt } from "../../model/data/fieldReaders.ts";
import type { JsonObject } from "../../model/data/json.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { SHARED_LABEL, SHARED_TAINT } from "../nodes/simulatedNodes.ts";

const SHARES: readonly string[] = ["nvidia.com/gpumem", "nvidia.com/gpumem-percentage", "nvidia.com/gpucores"];

/** The pod as the admission of the sandbox changes it: HAMi's webhook, and tolerations for devices. */
export function admittedPod(pod: Manifest): Manifest {
  const spec = objectAt(pod, "spec");
  const containers = listAt(spec, "containers");
  const shares = containers.some(asksForShare);
  const keys = [...containers.flatMap(devicesOf), ...(shares ? [SHARED_TAINT.key] : [])];
  const present = listAt(spec, "tolerations");
  const missing = [...new Set(keys)].filter((key) => !present.some((one) => textAt(one, "key") === key));
  const added = missing.map((key) => ({ key, operator: "Exists", effect: "NoSchedule" }));
  const scheduler = shares && textAt(spec, "schedulerName") === "" ? { schedulerName: "hami-scheduler" } : {};
  if (added.length === 0 && !shares) return pod;
  // HAMi's plug-in runs on the nodes with this label. Without it, a share would wait for the other nodes to get HAMi.
  const selector = shares ? { nodeSelector: { ...objectAt(spec, "nodeSelector"), ...SHARED_LABEL } } : {};
  return { ...pod, spec: { ...spec, ...scheduler, ...selector, tolerations: [...present, ...added] } };
}

/** Kubernetes' admission plug-in ExtendedResourceToleration lets a pod onto nodes that are reserved for its devices. */
function devicesOf(container: JsonObject): readonly string[] {
  return Object.keys(labelsAt(container, "resources", "limits")).filter(isExtended);
}

function asksForShare(container: JsonObject): boolean {
  const asked = { ...labelsAt(container, "resources", "limits"), ...labelsAt(container, "resources", "requests") };
  return SHARES.some((resource) => asked[resource] !== undefined);
}

interface Allocation {
  readonly node: string;
  readonly shares: readonly HamiShare[];
  /** The number of init containers, whose shares come first. */
  readonly init: number;
  /** The time of the binding. */
  readonly at: string;
}

/** The annotations of HAMi's scheduler and device plug-in. All shares are written to the first container that stays. */
export function allocationOf({ node, shares, init, at }: Allocation): Readonly<Record<string, string>> {
  const devices = shares.map(({ id, memory, cores }) => `${id},NVIDIA,${memory},${cores}:`).join("");
  const seconds = String(Math.floor(Date.parse(at) / 1000));
  const allocated = `${";".repeat(init)}${devices};`;
  return {
    "hami.io/vgpu-node": node,
    "hami.io/vgpu-time": seconds,
    "hami.io/vgpu-devices-to-allocate": allocated,
    "hami.io/vgpu-devices-allocated": allocated,
    "hami.io/bind-time": seconds,
    "hami.io/bind-phase": "success",
  };
}

// All devices that drivers offer now: the newest generation of slices of each pool. A pool with missing slices is
// reported as unknown, not as empty.
import type { JsonObject } from "../../model/data/json.ts";
import { type Params } from "../../model/data/text.ts";
import { listAt, numberAt, objectAt, textAt } from "../kubernetes/optionalFields.ts";
import { type NodePredicate, nodeSelector } from "../kubernetes/selectors.ts";
import { keptOffBy, type Taint, type Toleration } from "../kubernetes/taints.ts";
import type { Device } from "./deviceSelector.ts";
import type { DeviceTable } from "./deviceTable.ts";

export interface OfferedDevice extends Device {
  /** `driver/pool/device` */
  readonly key: string;
  readonly taints: readonly Taint[];
  /**
   * The device shares counters with others of its pool, or several claims may use it. How much is left cannot be
   * computed here.
   */
  readonly entangled: boolean;
}

export interface Pools {
  /**
   * What prevents a certain answer, as parameters of a reason: pools that are not complete, devices with node selectors of their own.
   */
  readonly unknown: readonly Params[];
  readonly onNode: ReadonlyMap<string, readonly OfferedDevice[]>;
  /** Devices that are reachable from several nodes. */
  readonly shared: readonly { readonly reaches: NodePredicate; readonly devices: readonly OfferedDevice[] }[];
}

const known = new WeakMap<DeviceTable, { readonly version: number; readonly pools: Pools }>();

/** Reads the slices again only after a change. */
export function readPools(table: DeviceTable): Pools {
  const before = known.get(table);
  const version = table.version();
  if (before?.version === version) return before.pools;
  const pools = poolsIn(table);
  known.set(table, { version, pools });
  return pools;
}

function poolsIn(table: DeviceTable): Pools {
  const unknown: Params[] = [];
  const onNode = new Map<string, OfferedDevice[]>();
  const shared: Pools["shared"][number][] = [];
  for (const slices of poolsOf(table)) {
    const [first] = slices;
    if (slices.length < (numberAt(first, "spec", "pool", "resourceSliceCount") ?? 1))
      unknown.push({ detail: "PoolIncomplete", pool: textAt(first, "spec", "pool", "name") });
    for (const slice of slices) {
      const devices = listAt(slice, "spec", "devices").map((device) => offered(slice, device));
      const node = textAt(slice, "spec", "nodeName");
      if (node !== "") onNode.set(node, [...(onNode.get(node) ?? []), ...devices]);
      else if (objectAt(slice, "spec")?.["perDeviceNodeSelection"] === true)
        unknown.push({ detail: "DevicesChoose", driver: textAt(slice, "spec", "driver") });
      else shared.push({ reaches: reachOf(slice), devices });
    }
  }
  return { unknown, onNode, shared };
}

function reachOf(slice: JsonObject): NodePredicate {
  const spec = objectAt(slice, "spec") ?? {};
  return spec["allNodes"] === true ? () => true : nodeSelector(spec["nodeSelector"]);
}

/** The slices of the newest generation of each pool. */
function poolsOf(table: DeviceTable): Iterable<readonly JsonObject[]> {
  const pools = new Map<string, { generation: number; slices: JsonObject[] }>();
  for (const slice of table.all("ResourceSlice")) {
    const key = `${textAt(slice, "spec", "driver")}/${textAt(slice, "spec", "pool", "name")}`;
    const generation = numberAt(slice, "spec", "pool", "generation") ?? 0;
    const known = pools.get(key);
    if (known === undefined || generation > known.generation) pools.set(key, { generation, slices: [slice] });
    else if (generation === known.generation) known.slices.push(slice);
  }
  return [...pools.values()].map((one) => one.slices);
}

function offered(slice: JsonObject, device: JsonObject): OfferedDevice {
  const driver = textAt(slice, "spec", "driver");
  const key = `${driver}/${textAt(slice, "spec", "pool", "name")}/${textAt(device, "name")}`;
  // resource.k8s.io/v1beta1 has these fields inside `basic`.
  const basic = objectAt(device, "basic") ?? device;
  return {
    key,
    driver,
    attributes: objectAt(basic, "attributes") ?? {},
    capacity: objectAt(basic, "capacity") ?? {},
    taints: listAt(basic, "taints")
      .map((one) => ({ key: textAt(one, "key"), value: textAt(one, "value"), effect: textAt(one, "effect") }))
      .filter((one) => one.effect === "NoSchedule" || one.effect === "NoExecute"),
    entangled: listAt(basic, "consumesCounters").length > 0 || basic["allowMultipleAllocations"] === true,
  };
}

/** Whether the device has no taint that keeps the request off. Another claim may have it. */
export function isOpen(device: OfferedDevice, tolerations: readonly Toleration[]): boolean {
  return keptOffBy(device.taints, tolerations) === undefined;
}

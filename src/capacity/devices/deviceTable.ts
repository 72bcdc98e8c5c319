// The objects of dynamic resource allocation (resource.k8s.io) in memory: classes, slices, claims and their templates,
// as last reported by the cluster.
import type { JsonObject } from "../../model/data/json.ts";
import { listAt, textAt } from "../kubernetes/optionalFields.ts";

const KINDS = ["DeviceClass", "ResourceSlice", "ResourceClaim", "ResourceClaimTemplate"] as const;
type DeviceKind = (typeof KINDS)[number];
export const DEVICE_KINDS: readonly DeviceKind[] = KINDS;

export interface DeviceTable {
  put(kind: DeviceKind, object: JsonObject): void;
  remove(kind: DeviceKind, object: JsonObject): void;
  replace(kind: DeviceKind, objects: readonly JsonObject[]): void;
  get(kind: DeviceKind, namespace: string, name: string): JsonObject | undefined;
  all(kind: DeviceKind): Iterable<JsonObject>;
}

export function createDeviceTable(): DeviceTable {
  const tables = new Map(KINDS.map((kind) => [kind, new Map<string, JsonObject>()]));
  const table = (kind: DeviceKind): Map<string, JsonObject> => tables.get(kind) ?? new Map();
  return {
    put: (kind, object) => void table(kind).set(keyOf(object), object),
    remove: (kind, object) => void table(kind).delete(keyOf(object)),
    replace: (kind, objects) => {
      table(kind).clear();
      for (const object of objects) table(kind).set(keyOf(object), object);
    },
    get: (kind, namespace, name) => table(kind).get(`${namespace}/${name}`),
    all: (kind) => table(kind).values(),
  };
}

function keyOf(object: JsonObject): string {
  return `${textAt(object, "metadata", "namespace")}/${textAt(object, "metadata", "name")}`;
}

interface DeviceUser {
  readonly namespace: string;
  /** Name of the pod. */
  readonly pod: string;
}

/** The pods that use these devices, by their keys `driver/pool/device`. */
export function usersOf(table: DeviceTable, keys: ReadonlySet<string>): readonly DeviceUser[] {
  return [...table.all("ResourceClaim")].flatMap((claim) => {
    if (!devicesIn(claim).some((key) => keys.has(key))) return [];
    const namespace = textAt(claim, "metadata", "namespace");
    const pods = listAt(claim, "status", "reservedFor").filter((one) => textAt(one, "resource") === "pods");
    return pods.map((one) => ({ namespace, pod: textAt(one, "name") }));
  });
}

/** `driver/pool/device` of every device that a claim has. Claims with admin access do not take a device from others. */
export function allocatedDevices(table: DeviceTable): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const claim of table.all("ResourceClaim")) for (const key of devicesIn(claim)) taken.add(key);
  return taken;
}

function devicesIn(claim: JsonObject): readonly string[] {
  return listAt(claim, "status", "allocation", "devices", "results")
    .filter((result) => result["adminAccess"] !== true)
    .map((result) => `${textAt(result, "driver")}/${textAt(result, "pool")}/${textAt(result, "device")}`);
}

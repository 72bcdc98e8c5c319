// The objects of dynamic resource allocation (resource.k8s.io) in memory: classes, slices, claims and their templates,
// as last reported by the cluster.
import type { JsonObject } from "../../model/data/json.ts";
import { listAt, objectAt, textAt } from "../kubernetes/optionalFields.ts";

const KINDS = ["DeviceClass", "ResourceSlice", "ResourceClaim", "ResourceClaimTemplate"] as const;
type DeviceKind = (typeof KINDS)[number];
export const DEVICE_KINDS: readonly DeviceKind[] = KINDS;

export interface DeviceTable {
  put(kind: DeviceKind, object: JsonObject): void;
  remove(kind: DeviceKind, object: JsonObject): void;
  replace(kind: DeviceKind, objects: readonly JsonObject[]): void;
  get(kind: DeviceKind, namespace: string, name: string): JsonObject | undefined;
  all(kind: DeviceKind): Iterable<JsonObject>;
  /** A number that grows with each change. */
  version(): number;
  /** `driver/pool/device`: whether a claim has the device. Claims with admin access do not take a device from others. */
  readonly isTaken: (device: string) => boolean;
  /** The devices of the claim `namespace/name`; `undefined` when the claim is unknown or has no devices yet. */
  allocated(claim: string): readonly string[] | undefined;
}

export function createDeviceTable(onChange: () => void): DeviceTable {
  const tables = new Map(KINDS.map((kind) => [kind, new Map<string, JsonObject>()]));
  const table = (kind: DeviceKind): Map<string, JsonObject> => tables.get(kind) ?? new Map();
  let version = 0;
  let taken: ReadonlySet<string> | undefined;
  const changed = (): void => {
    version += 1;
    taken = undefined;
    onChange();
  };
  return {
    put: (kind, object) => {
      table(kind).set(keyOf(object), object);
      changed();
    },
    remove: (kind, object) => {
      table(kind).delete(keyOf(object));
      changed();
    },
    replace: (kind, objects) => {
      table(kind).clear();
      for (const object of objects) table(kind).set(keyOf(object), object);
      changed();
    },
    version: () => version,
    isTaken: (device) => {
      taken ??= allocatedDevices(table("ResourceClaim").values());
      return taken.has(device);
    },
    allocated: (claim) => {
      const found = table("ResourceClaim").get(claim);
      const allocation = objectAt(found, "status", "allocation");
      return allocation === undefined || found === undefined ? undefined : devicesOf(found);
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
    if (!devicesOf(claim).some((key) => keys.has(key))) return [];
    const namespace = textAt(claim, "metadata", "namespace");
    const pods = listAt(claim, "status", "reservedFor").filter((one) => textAt(one, "resource") === "pods");
    return pods.map((one) => ({ namespace, pod: textAt(one, "name") }));
  });
}

function allocatedDevices(claims: Iterable<JsonObject>): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const claim of claims) for (const device of devicesOf(claim)) taken.add(device);
  return taken;
}

function devicesOf(claim: JsonObject): readonly string[] {
  return listAt(claim, "status", "allocation", "devices", "results")
    .filter((result) => result["adminAccess"] !== true)
    .map((result) => `${textAt(result, "driver")}/${textAt(result, "pool")}/${textAt(result, "device")}`);
}

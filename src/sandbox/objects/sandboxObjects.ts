// The objects of the sandbox in memory. It does not interpret them. An object in deletion disappears when its time is
// over, so every read compares with the clock.

import type { JsonObject } from "../../model/data/json.ts";
import { type Manifest, type ObjectRef, refKey, refOf } from "../../model/kubernetes/manifest.ts";
import type { Reason } from "../../model/reasons/reason.ts";
import type { Clock } from "../../ports/clock.ts";

/**
 * A pod is not an object of its own in the sandbox; it is stored with its workload. Times are milliseconds since the
 * epoch.
 */
export interface SandboxPod {
  readonly name: string;
  readonly born: number;
  /** When the pod becomes ready, or when its task ends. Has no meaning while `hold` is set. */
  readonly due: number;
  /** Why the pod cannot start, such as a missing Secret or a quota; `null` when it can. */
  readonly hold: Reason | null;
  /** Since when `hold` has this reason. */
  readonly heldSince: number;
  /** Hash of the pod template that the pod was created from. */
  readonly template: string;
  /** The pod replaces a pod that ran. Until it is ready, the workload is degraded instead of starting. */
  readonly replacement: boolean;
  /** The node of the pod. Absent while it has none, and in files of versions that had no nodes. */
  readonly node?: string;
  /** What the scheduler wrote to the pod: which shares of which cards it has. Default: nothing. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface StoredObject {
  readonly manifest: Manifest;
  /** The object as kubemin sent it last. Fields that kubemin no longer sends are removed at the next apply. */
  readonly sent: JsonObject;
  /** When the content last changed, in milliseconds since the epoch. */
  readonly since: number;
  /** When the deletion is complete, in milliseconds since the epoch; `null` when the object is not in deletion. */
  readonly goneAt: number | null;
  readonly pods: readonly SandboxPod[];
}

export interface SandboxObjects {
  now(): number;
  get(ref: ObjectRef): StoredObject | undefined;
  /** The objects of one namespace; of all namespaces by default. */
  list(namespace?: string): readonly StoredObject[];
  put(object: StoredObject): void;
  drop(ref: ObjectRef): void;
  /** The next resource version. It grows also across restarts. */
  nextVersion(): string;
  /** The content that the file stores. */
  snapshot(): SandboxSnapshot;
}

export interface SandboxSnapshot {
  readonly version: number;
  readonly objects: readonly StoredObject[];
}

export function createSandboxObjects(clock: Clock, from: SandboxSnapshot): SandboxObjects {
  const objects = new Map(from.objects.map((one) => [refKey(refOf(one.manifest)), one]));
  let version = from.version;
  const now = (): number => clock.now().getTime();
  const isThere = (one: StoredObject): boolean => one.goneAt === null || one.goneAt > now();
  const list = (namespace?: string): readonly StoredObject[] =>
    [...objects.values()].filter(
      (one) => isThere(one) && (namespace === undefined || one.manifest.metadata.namespace === namespace),
    );
  return {
    now,
    get: (ref) => {
      const found = objects.get(refKey(ref));
      return found !== undefined && isThere(found) ? found : undefined;
    },
    list,
    put: (object) => {
      objects.set(refKey(refOf(object.manifest)), object);
    },
    drop: (ref) => {
      objects.delete(refKey(ref));
    },
    nextVersion: () => {
      version += 1;
      return String(version);
    },
    snapshot: () => ({ version, objects: list() }),
  };
}

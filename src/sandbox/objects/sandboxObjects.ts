// The objects that the sandbox holds, and who is told when they change. Knows nothing of what they mean.
// Time makes objects disappear (a deletion takes a moment), so every look says what time it is by the clock.

import type { JsonObject } from "../../model/data/json.ts";
import { type Manifest, type ObjectRef, refKey, refOf } from "../../model/kubernetes/manifest.ts";
import type { Reason } from "../../model/reasons/reason.ts";
import type { Clock } from "../../ports/clock.ts";

/** A pod is not an object of its own here: it is a line in the book of its workload. Times are epoch milliseconds. */
export interface SandboxPod {
  readonly name: string;
  readonly born: number;
  /** When it becomes ready, or when the task in it ends. Means nothing while `hold` is set. */
  readonly due: number;
  /** What keeps it from starting: a missing Secret, a quota. */
  readonly hold: Reason | null;
  /** Since when it is held. */
  readonly heldSince: number;
  /** Hash of the pod template that it was made from. */
  readonly template: string;
  /** Took the place of a pod that ran: until it is ready, the workload is degraded rather than starting. */
  readonly replacement: boolean;
}

export interface StoredObject {
  readonly manifest: Manifest;
  /** What kubemin sent last: fields that it sends no more are taken away at the next apply. */
  readonly sent: JsonObject;
  /** When the content last changed. */
  readonly since: number;
  /** When a deletion takes effect. */
  readonly goneAt: number | null;
  readonly pods: readonly SandboxPod[];
}

export interface Shelf {
  now(): number;
  get(ref: ObjectRef): StoredObject | undefined;
  /** Of one namespace, or all. */
  list(namespace?: string): readonly StoredObject[];
  put(object: StoredObject): void;
  drop(ref: ObjectRef): void;
  /** Counts up for ever, across restarts too. */
  nextVersion(): string;
  /** What a file has to hold. */
  snapshot(): Snapshot;
}

export interface Snapshot {
  readonly version: number;
  readonly objects: readonly StoredObject[];
}

export function createShelf(clock: Clock, from: Snapshot): Shelf {
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

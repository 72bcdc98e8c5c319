// Reads objects that kubemin does not own but that a verdict needs (a Gateway with its address, a StorageClass), and
// keeps them for a while. The first question gets `undefined`, and `onAnswer` is called when the object has been read.
import { type Manifest, type ObjectRef, refKey } from "../../model/kubernetes/manifest.ts";
import type { Clock } from "../../ports/clock.ts";

const KEPT = 20_000;
const SIZE = 500;

export interface Lookup {
  /** The object; `null` when it does not exist; `undefined` while it is not known yet. */
  get(ref: ObjectRef): Manifest | null | undefined;
}

interface CachedObject {
  readonly value: Manifest | null | undefined;
  readonly at: number;
  readonly pending: boolean;
}

interface LookupOptions {
  readonly clock: Clock;
  readonly read: (ref: ObjectRef) => Promise<Manifest | null>;
  readonly onAnswer: () => void;
}

export function createLookup({ clock, read, onAnswer }: LookupOptions): Lookup {
  const entries = new Map<string, CachedObject>();
  const ask = async (ref: ObjectRef, key: string, old: Manifest | null | undefined): Promise<void> => {
    const value = await read(ref).catch(() => old);
    if (entries.size > SIZE) entries.clear();
    entries.set(key, { value, at: clock.now().getTime(), pending: false });
    onAnswer();
  };
  return {
    get: (ref) => {
      const key = refKey(ref);
      const entry = entries.get(key);
      const now = clock.now().getTime();
      // Math.abs: after the system clock was set back, the age is negative and the true age is unknown.
      if (entry === undefined || (!entry.pending && Math.abs(now - entry.at) > KEPT)) {
        entries.set(key, { value: entry?.value, at: now, pending: true });
        void ask(ref, key, entry?.value);
      }
      return entry?.value;
    },
  };
}

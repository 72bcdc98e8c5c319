// What changed in a view, so that a reader can look only at that. A reader remembers the version that it has seen. The
// log keeps the latest changes; a reader that comes too late is told that it must look at everything.
import type { PodKind } from "./records.ts";

export interface Change {
  /** The node on which something changed. */
  readonly node?: string;
  /** A pod of this kind came, went or changed. */
  readonly kind?: PodKind;
  /** The namespace whose quotas changed. */
  readonly quotasOf?: string;
  /** The namespace whose limit ranges changed. */
  readonly limitsOf?: string;
  /** Devices of drivers changed. */
  readonly devices?: boolean;
}

export interface ChangeLog {
  readonly add: (change: Change) => void;
  /** Everything changed: no reader can continue from an earlier version. */
  readonly addAll: () => void;
  version(): number;
  /** The changes after that version; `undefined` when they are not known any more. */
  since(version: number): readonly Change[] | undefined;
}

const KEPT = 4_096;

export function createChangeLog(): ChangeLog {
  let first = 0;
  let changes: Change[] = [];
  const version = (): number => first + changes.length;
  return {
    add: (change) => {
      changes.push(change);
      if (changes.length < 2 * KEPT) return;
      first += KEPT;
      changes = changes.slice(KEPT);
    },
    addAll: () => {
      first = version() + 1;
      changes = [];
    },
    version,
    since: (seen) => (seen < first ? undefined : changes.slice(seen - first)),
  };
}

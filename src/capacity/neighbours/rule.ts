// What every rule between pods can do.
import type { NodeRecord } from "../view/records.ts";

/** One rule between pods. It remembers what was placed during this check. */
export interface Rule {
  /** In short words; undefined: the pod may stand there. */
  conflict(node: NodeRecord): string | undefined;
  place(node: NodeRecord): void;
  /** How many of the pods could ever stand on these nodes, by this rule alone. Missing: as many as have room. */
  most?(nodes: readonly NodeRecord[]): number;
}

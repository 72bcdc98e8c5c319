// The interface that every rule between pods implements.
import type { Reason } from "../../model/reasons/reason.ts";
import type { NodeRecord } from "../view/records.ts";

/** One rule between pods. It remembers the pods that were placed during this check. */
export interface NeighbourRule {
  /** Why the pod cannot go there; `undefined` when it can. */
  conflict(node: NodeRecord): Reason | undefined;
  place(node: NodeRecord): void;
  /** How many of the pods could ever run on these nodes by this rule alone. Default: no limit. */
  most?(nodes: readonly NodeRecord[]): number;
}

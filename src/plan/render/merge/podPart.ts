// What one trait (or the component itself) brings to a pod, and where in the document it was asked for.
import type { Contribution } from "../../../catalog/define.ts";

export interface Part {
  /** `trait storage of web`. */
  readonly owner: string;
  readonly pointer: string;
  readonly contribution: Contribution;
}

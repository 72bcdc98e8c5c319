// What one trait contributes to a pod, and where the document asks for it.
import type { Contribution } from "../../../catalog/define.ts";

export interface Part {
  /** The owner's name in problems: `trait storage of web`. */
  readonly owner: string;
  readonly pointer: string;
  readonly contribution: Contribution;
}

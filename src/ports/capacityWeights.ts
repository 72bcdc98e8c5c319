// How the projects share the capacity of the clusters. A project with weight 2 is entitled to twice as much as one with
// weight 1 while both wait for the same resources.
import type { CapacityWeight } from "../model/kubernetes/capacity.ts";

export interface ProjectWeight extends CapacityWeight {
  readonly project: string;
}

/** A project without a row has the weight 1. */
export interface CapacityWeights {
  /** All rows, by project and flavor. A change by another process shows after five seconds at most. */
  list(): Promise<readonly ProjectWeight[]>;
  /** Replaces the row of this project and flavor. */
  put(weight: ProjectWeight): Promise<void>;
  remove(weight: Omit<ProjectWeight, "weight">): Promise<void>;
}

// What became of one component: the objects that are sent to the cluster, and what its pods read.
import type { PlannedObject } from "../../model/run/plan.ts";
import type { ResolvedComponent } from "../components/resolvedApplication.ts";
import type { Reading } from "./renderConfiguration.ts";

export interface RenderedComponent {
  readonly component: ResolvedComponent;
  /** In the order in which they are applied. */
  readonly objects: readonly PlannedObject[];
  /** Applied once the component is ready. */
  readonly exposure: readonly PlannedObject[];
  /** ConfigMaps and Secrets that its pods read, whoever makes them. */
  readonly reads: readonly Reading[];
  /** Of a task: hash of what it does and what it reads. It runs once for each. */
  readonly content: string | null;
  /** Of a task: it runs each time. */
  readonly always: boolean;
}

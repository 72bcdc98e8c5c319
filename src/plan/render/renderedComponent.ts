// The result of rendering one component: the objects that are sent to the cluster, and what its pods read.
import type { PlannedObject } from "../../model/run/plan.ts";
import type { ResolvedComponent } from "../components/resolvedApplication.ts";
import type { ConfigurationReference } from "./renderConfiguration.ts";

export interface RenderedComponent {
  readonly component: ResolvedComponent;
  /** Objects in the order in which they are applied. */
  readonly objects: readonly PlannedObject[];
  /** Objects that are applied once the component is ready. */
  readonly exposure: readonly PlannedObject[];
  /** ConfigMaps and Secrets that its pods read, from any source. */
  readonly reads: readonly ConfigurationReference[];
  /** For a task, the hash of what it does and what it reads: it runs once for each hash. `null` for other types. */
  readonly content: string | null;
  /** True for a task that runs at each deploy. */
  readonly always: boolean;
}

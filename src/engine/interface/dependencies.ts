// Everything that the engine needs from outside, handed in once by the composition root.
import type { Catalog } from "../../catalog/catalog.ts";
import type { JobTypes } from "../../catalog/jobTypes.ts";
import type { Charts } from "../../ports/charts.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ClusterRegistry } from "../../ports/clusterRegistry.ts";
import type { Dispatch } from "../../ports/dispatch.ts";
import type { Log } from "../../ports/log.ts";
import type { Outgoing } from "../../ports/outgoing.ts";
import type { Store } from "../../ports/store.ts";
import type { Vault } from "../../ports/vault.ts";
import type { Brakes } from "../deciding/breakers.ts";

/** What documents of the project may name: the catalog with the job types that were registered for it. */
export function projectCatalog({ catalog, jobTypes }: Pick<World, "catalog" | "jobTypes">, project: string): Catalog {
  return { ...catalog, jobs: jobTypes.usable(project) };
}

export interface World {
  readonly store: Store;
  readonly clusters: ClusterRegistry;
  /** What the server was started with. */
  readonly catalog: Catalog;
  /** All job types: those of the catalog, and those that were registered since. */
  readonly jobTypes: JobTypes;
  readonly vault: Vault;
  /** Missing: this server renders no charts. */
  readonly charts?: Charts;
  readonly dispatch: Dispatch;
  /** What holds back whole job types. */
  readonly brakes: Brakes;
  readonly clock: Clock;
  readonly log: Log;
  /** Calls to addresses that users named. */
  readonly outgoing: Outgoing;
  /** How programs on clusters and elsewhere reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
  /** A new id that nobody can guess or has had before. */
  readonly newId: () => string;
}

// Everything that the engine needs from outside. `src/serve.ts` builds it once and hands it in.
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
import type { Breakers } from "../deciding/breakers.ts";

export interface EngineDependencies {
  readonly store: Store;
  readonly clusters: ClusterRegistry;
  /** The definitions that the server was started with. */
  readonly catalog: Catalog;
  /** All job types: those of the catalog and those that were registered later. */
  readonly jobTypes: JobTypes;
  readonly vault: Vault;
  /** Not set when this server renders no charts. */
  readonly charts?: Charts;
  readonly dispatch: Dispatch;
  /** Circuit breakers of whole job types. */
  readonly breakers: Breakers;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes calls to addresses that users named. */
  readonly outgoing: Outgoing;
  /** The address at which programs on clusters and elsewhere reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
  /** Returns a new id that cannot be guessed and was never used before. */
  readonly newId: () => string;
}

/** The part of the dependencies that a function uses itself or hands to the functions that it calls. */
export type Dependencies<Name extends keyof EngineDependencies> = Pick<EngineDependencies, Name>;

/** The catalog for documents of the project: with the job types that were registered for it. */
export function projectCatalog({ catalog, jobTypes }: Dependencies<"catalog" | "jobTypes">, project: string): Catalog {
  return { ...catalog, jobs: jobTypes.usable(project) };
}

// What the registry needs from outside.
import type { Catalog } from "../../catalog/catalog.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Clusters } from "../../ports/cluster.ts";
import type { Log } from "../../ports/log.ts";
import type { Outgoing } from "../../ports/outgoing.ts";
import type { Store } from "../../ports/store.ts";
import type { Vault } from "../../ports/vault.ts";
import type { TypeDependencies } from "../running/typeDependencies.ts";

export interface RegistryDependencies {
  readonly store: Pick<Store, "registrations" | "events" | "runs" | "sinks">;
  readonly catalog: Catalog;
  readonly clusters: Clusters;
  readonly vault: Vault;
  readonly outgoing: Outgoing;
  readonly clock: Clock;
  readonly log: Log;
  readonly context: TypeDependencies;
}

// The dependencies of the engine for tests in virtual time, with one job type of the test and the types that wait, on a
// simulated cluster. Also the request for a run.
import { randomBytes } from "node:crypto";
import { createCatalog } from "../../../src/catalog/catalog.ts";
import type { JobDefinition } from "../../../src/catalog/define.ts";
import { catalogJobTypes } from "../../../src/catalog/jobTypes.ts";
import { inProcessDispatch } from "../../../src/dispatch/inProcess.ts";
import type { EngineDependencies } from "../../../src/engine/contract/dependencies.ts";
import { createBreakers } from "../../../src/engine/deciding/breakers.ts";
import { approve } from "../../../src/jobs/approve.ts";
import { join } from "../../../src/jobs/join.ts";
import { wait } from "../../../src/jobs/wait.ts";
import { createOutgoing } from "../../../src/outgoing/outgoing.ts";
import type { Store } from "../../../src/ports/store.ts";
import { createSandbox } from "../../../src/sandbox/sandbox.ts";
import { aesVault } from "../../../src/vault/aesVault.ts";
import { onlyCluster } from "../../support/clusters.ts";
import type { VirtualClock } from "../../support/virtualClock.ts";

export const SILENT = { write: () => {} };

/** A request for a run of no application. */
export const REQUEST = {
  project: "default",
  application: null,
  workflow: "test",
  kind: "workflow",
  revision: 0,
  seenRevision: 0,
  cluster: "sandbox",
  namespace: "default",
  message: "",
  actor: "test",
} as const;

export interface Simulated {
  readonly store: Store;
  readonly clock: VirtualClock;
  readonly job: JobDefinition;
  readonly newId: () => string;
}

export function simulatedDependencies({ store, clock, job, newId }: Simulated): EngineDependencies {
  const catalog = createCatalog({ name: "test", jobs: [job, join, wait, approve] });
  return {
    store,
    clusters: onlyCluster(() => createSandbox({ name: "sandbox", clock }), "sandbox"),
    catalog,
    jobTypes: catalogJobTypes(catalog),
    breakers: createBreakers(clock),
    publicUrl: () => "http://localhost",
    vault: aesVault(randomBytes(32)),
    outgoing: createOutgoing({ allow: [], clock }),
    dispatch: inProcessDispatch(SILENT, clock),
    clock,
    log: SILENT,
    newId,
  };
}

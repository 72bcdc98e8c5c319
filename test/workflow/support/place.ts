// A platform in virtual time for documents as users write them: the whole catalog, registered job types, a simulated
// cluster, SQLite in memory, and addresses to call. Its process can be killed and started again.
import { builtins } from "../../../src/builtins.ts";
import { createCatalog } from "../../../src/catalog/catalog.ts";
import { openSqlite } from "../../../src/database/open.ts";
import { inProcessDispatch } from "../../../src/dispatch/inProcess.ts";
import type { EngineDependencies } from "../../../src/engine/contract/dependencies.ts";
import { createBreakers } from "../../../src/engine/deciding/breakers.ts";
import { type Engine, startEngine } from "../../../src/engine/engine.ts";
import { http } from "../../../src/jobs/http.ts";
import { quarantineFor } from "../../../src/jobTypes/registering/quarantine.ts";
import { registerType } from "../../../src/jobTypes/registering/registerType.ts";
import { disableType } from "../../../src/jobTypes/registering/switches.ts";
import { openRegistry } from "../../../src/jobTypes/registry/registry.ts";
import { createSchemas } from "../../../src/jobTypes/schemas/schemas.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import { createSandbox } from "../../../src/sandbox/sandbox.ts";
import { SILENT, simulatedDependencies } from "../../engine/support/simulated.ts";
import { onlyCluster } from "../../support/clusters.ts";
import { createVirtualClock, type VirtualClock } from "../../support/virtualClock.ts";
import { scriptedTarget, type Target } from "./target.ts";

export interface WorkflowPlace extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly dependencies: EngineDependencies;
  readonly target: Target;
  readonly sandbox: ReturnType<typeof createSandbox>;
  register(type: JsonObject): Promise<void>;
  /** Disables a registered type, so that no job of it starts any more. */
  disable(type: string): Promise<void>;
  /** Ends the process without warning, as kill -9 does. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface PlaceOptions {
  /** The number of runs of one project that are driven at the same time. */
  readonly projectLimit?: number;
}

export async function openPlace({ projectLimit }: PlaceOptions = {}): Promise<WorkflowPlace> {
  const clock = createVirtualClock();
  const store = await openSqlite(":memory:", { clock, steady: () => clock.now().getTime() });
  const target = scriptedTarget(clock);
  const catalog = createCatalog(builtins);
  let count = 0;
  const newId = (): string => `run-${++count}`;
  const sandbox = createSandbox({ name: "sandbox", clock });
  const base = {
    ...simulatedDependencies({ store, clock, job: http, newId }),
    catalog,
    clusters: onlyCluster(() => sandbox, "sandbox"),
    outgoing: target.outgoing,
  };
  const context = { schemas: createSchemas(), resolve: async () => ["192.0.2.1"] };
  const registry = await openRegistry({ ...base, context: context });
  const limits = projectLimit === undefined ? {} : { groupLimit: projectLimit };
  const life = (): EngineDependencies => ({
    ...base,
    jobTypes: registry.jobTypes,
    breakers: createBreakers(clock, { stopOf: registry.stopOf, ...quarantineFor(registry) }),
    dispatch: inProcessDispatch(SILENT, clock, limits),
  });
  let dependencies = life();
  let engine: Engine | null = await startEngine(dependencies);
  const kill = async (): Promise<void> => {
    await engine?.stop();
    engine = null;
  };
  return {
    clock,
    target,
    get dependencies() {
      return dependencies;
    },
    sandbox,
    async register(type) {
      const request = { project: "default", actor: "ada", text: JSON.stringify(type), format: "json" } as const;
      await registerType(registry, request, new AbortController().signal);
    },
    disable: (type) => disableType(registry, { actor: "root", type, reason: "it is looked at" }),
    kill,
    async start() {
      dependencies = life();
      engine = await startEngine(dependencies);
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await registry.stop();
      await store.close();
    },
  };
}

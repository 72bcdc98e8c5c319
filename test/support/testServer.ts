// A complete server for tests: SQLite in memory, a fast sandbox cluster, the real engine, and HTTP on a free port of
// the loopback address. Every response is checked against the contract.
import { randomBytes, randomUUID } from "node:crypto";
import { type Client, createClient } from "../../src/api/client.ts";
import { builtins } from "../../src/builtins.ts";
import { createCatalog } from "../../src/catalog/catalog.ts";
import type { JobTypes } from "../../src/catalog/jobTypes.ts";
import { startClusterRegistry } from "../../src/clusters/registry.ts";
import { openSqlite } from "../../src/database/open.ts";
import { inProcessDispatch } from "../../src/dispatch/inProcess.ts";
import type { EngineDependencies } from "../../src/engine/contract/dependencies.ts";
import { wakeRun } from "../../src/engine/contract/duties.ts";
import { createBreakers } from "../../src/engine/deciding/breakers.ts";
import { startEngine } from "../../src/engine/engine.ts";
import { systemClock } from "../../src/engine/systemClock.ts";
import { quarantineFor } from "../../src/jobTypes/registering/quarantine.ts";
import { openRegistry, type Registry } from "../../src/jobTypes/registry/registry.ts";
import { createSchemas } from "../../src/jobTypes/schemas/schemas.ts";
import { kubernetesOpener } from "../../src/kube/opener.ts";
import type { Params } from "../../src/model/data/text.ts";
import { createOutgoing } from "../../src/outgoing/outgoing.ts";
import type { Charts } from "../../src/ports/charts.ts";
import type { Cluster } from "../../src/ports/cluster.ts";
import type { Log, LogLevel } from "../../src/ports/log.ts";
import type { Role, Store } from "../../src/ports/store.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { hashSecret, newSecret } from "../../src/server/auth/token.ts";
import { createServer, type ServerOptions } from "../../src/server/server.ts";
import { startSinks } from "../../src/sinks/couriers.ts";
import { aesVault } from "../../src/vault/aesVault.ts";

export interface LoggedLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Params;
}

export interface TestServer {
  readonly url: string;
  readonly dependencies: EngineDependencies;
  readonly registry: Registry;
  readonly sandbox: ReturnType<typeof createSandbox>;
  /** The token of an administrator of all projects. */
  readonly secret: string;
  readonly client: Client;
  readonly log: readonly LoggedLine[];
  /** Creates a token and returns its secret. */
  addToken(token: { readonly project?: string; readonly role?: Role; readonly expiresAt?: string }): Promise<string>;
  /** Sends a request with the administrator's token; `token: null` sends no token. */
  request(path: string, options?: RequestInit & { readonly token?: string | null }): Promise<Response>;
  close(): Promise<void>;
}

export interface TestOptions extends Partial<ServerOptions> {
  /** Wraps the store that the server uses. */
  readonly store?: (store: Store) => Store;
  readonly charts?: Charts;
  /** Programs that kubeconfigs of registered clusters may name. */
  readonly allowedPlugins?: readonly string[];
  /** Adds job types to those of the catalog and the registry. */
  readonly jobTypes?: (others: JobTypes) => JobTypes;
  /** Limit of runs of one project at the same time. */
  readonly projectLimit?: number;
  /** Clusters in addition to the sandbox. */
  readonly clusters?: ReadonlyMap<string, Cluster>;
}

export async function startTestServer({
  store: wrap = (store) => store,
  charts,
  allowedPlugins = [],
  jobTypes: addTypes = (others) => others,
  clusters: more = new Map(),
  projectLimit,
  ...options
}: TestOptions = {}): Promise<TestServer> {
  const lines: LoggedLine[] = [];
  const log: Log = { write: (level, message, fields = {}) => void lines.push({ level, message, fields }) };
  const sandbox = createSandbox({ name: "sandbox", clock: systemClock, speed: 50 });
  const store = wrap(await openSqlite(":memory:"));
  const vault = aesVault(randomBytes(32));
  const opener = kubernetesOpener({ clock: systemClock, log, allowedPlugins: allowedPlugins });
  const clusters = await startClusterRegistry({
    fixed: [sandbox, ...more.values()],
    store,
    vault,
    opener,
    clock: systemClock,
    log,
  });
  let publicUrl = "";
  const catalog = createCatalog(builtins);
  const shared = {
    store,
    clusters,
    catalog,
    vault,
    outgoing: createOutgoing({ allow: ["127.0.0.0/8"], clock: systemClock }),
    clock: systemClock,
    log,
  };
  const context = { schemas: createSchemas(), resolve: async () => ["192.0.2.1"] };
  const registry = await openRegistry({ ...shared, context: context });
  const dependencies: EngineDependencies = {
    ...shared,
    jobTypes: addTypes(registry.jobTypes),
    breakers: createBreakers(systemClock, { stopOf: registry.stopOf, ...quarantineFor(registry) }),
    publicUrl: () => publicUrl,
    ...(charts === undefined ? {} : { charts }),
    dispatch: inProcessDispatch(log, systemClock, projectLimit === undefined ? {} : { groupLimit: projectLimit }),
    newId: randomUUID,
  };
  const wakeAll = async (): Promise<void> => {
    for (const run of await store.runs.unfinished()) await wakeRun(dependencies, run);
  };
  registry.onRelease(() => void wakeAll());
  const engine = await startEngine(dependencies);
  const sinks = await startSinks(dependencies);
  const server = await createServer(dependencies, registry, {
    host: "127.0.0.1",
    port: 0,
    version: "0.0.0-test",
    logRequests: true,
    checkAnswers: true,
    ...options,
  });
  publicUrl = server.url;
  const addToken: TestServer["addToken"] = async ({
    project = "*",
    role = "admin",
    expiresAt = null,
  }: {
    project?: string;
    role?: Role;
    expiresAt?: string | null;
  }) => {
    const token = newSecret();
    const id = randomUUID();
    const name = `${role} of ${project}`;
    const row = { id, project, role, createdAt: new Date().toISOString(), expiresAt, madeBy: null };
    const added = await store.tokens.add({ ...row, name }, hashSecret(token));
    if (!added) await store.tokens.add({ ...row, name: `${name}, ${id}` }, hashSecret(token));
    return token;
  };
  const secret = await addToken({});
  return {
    url: server.url,
    dependencies,
    registry,
    sandbox,
    secret,
    client: createClient({ url: server.url, token: secret }),
    log: lines,
    addToken,
    request: (path, { token = secret, ...init } = {}) => {
      const headers = new Headers(init.headers);
      if (token !== null) headers.set("authorization", `Bearer ${token}`);
      return fetch(server.url + path, { ...init, headers });
    },
    close: async () => {
      await server.close();
      await sinks.stop();
      await engine.stop();
      await registry.stop();
      await clusters.close();
      await store.close();
    },
  };
}

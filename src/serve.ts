// The composition root of a server: the only file that chooses the implementation of each port. When a later step fails
// or the server stops, everything that was opened is closed in reverse order.
import { randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RouteName } from "./api/routes.ts";
import type { Catalog } from "./catalog/catalog.ts";
import type { ServeOptions, Serving } from "./cli/grammar/root.ts";
import { localServerFile, ownStart, registerLocalServer, removeLocalServer } from "./cli/reach/localServer.ts";
import { startClusterRegistry } from "./clusters/registry.ts";
import { openStore } from "./database/open.ts";
import { inProcessDispatch, SLOTS } from "./dispatch/inProcess.ts";
import type { Dependencies, EngineDependencies } from "./engine/contract/dependencies.ts";
import { wakeRun } from "./engine/contract/duties.ts";
import { createBreakers } from "./engine/deciding/breakers.ts";
import { startEngine } from "./engine/engine.ts";
import { systemClock } from "./engine/systemClock.ts";
import { GENEROUS, keepPruning } from "./engine/upkeep/retention.ts";
import { helmCharts } from "./helm/charts.ts";
import { quarantineFor } from "./jobTypes/registering/quarantine.ts";
import { openRegistry, type Registry } from "./jobTypes/registry/registry.ts";
import { createSchemas } from "./jobTypes/schemas/schemas.ts";
import { connectCluster } from "./kube/cluster.ts";
import { kubernetesOpener } from "./kube/opener.ts";
import { isPostgresUrl, withPlainTls } from "./model/data/databaseAddress.ts";
import { VERSION } from "./model/data/version.ts";
import { PlatformError } from "./model/errors/errors.ts";
import { createOutgoing } from "./outgoing/outgoing.ts";
import type { Charts } from "./ports/charts.ts";
import { type Cluster, ClusterError } from "./ports/cluster.ts";
import type { Dispatch } from "./ports/dispatch.ts";
import type { Log } from "./ports/log.ts";
import type { Outgoing } from "./ports/outgoing.ts";
import type { Store } from "./ports/store.ts";
import { createSandbox } from "./sandbox/sandbox.ts";
import { ensureGivenToken, ensureLocalToken } from "./server/auth/localToken.ts";
import { createServer } from "./server/server.ts";
import { releaseStartMemory } from "./server/startMemory.ts";
import { startSinks } from "./sinks/couriers.ts";
import { aesVault } from "./vault/aesVault.ts";
import { KEY_SETTING, keyOf, keyPrint, usableFolder } from "./vault/keyFile.ts";

interface ServeEnvironment {
  readonly home: string;
  readonly catalog: Catalog;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Closing = () => Promise<void> | void;

export async function serve(options: ServeOptions, context: ServeEnvironment): Promise<Serving> {
  const closings: Closing[] = [];
  const close = async (): Promise<void> => {
    for (let closing = closings.pop(); closing !== undefined; closing = closings.pop()) await closing();
  };
  try {
    return await open(options, context, { closings, close, url: "" });
  } catch (error) {
    await close();
    if (!(error instanceof ClusterError)) throw error;
    const { cluster = "", detail = error.reason.code } = error.reason.params;
    throw new PlatformError("ClusterUnreachable", { cluster, detail });
  }
}

interface Life {
  readonly closings: Closing[];
  readonly close: () => Promise<void>;
  /** The server's own address; empty until it listens. */
  url: string;
}

async function open(options: ServeOptions, context: ServeEnvironment, life: Life): Promise<Serving> {
  const { home } = context;
  // The sandbox has its own folder, so that trials in it do not get in the way of real applications.
  const data = options.data ?? join(home, options.sandbox && options.contexts.length === 0 ? "sandbox" : "data");
  usableFolder(data);
  const { dependencies, registry } = await openDependencies(options, { ...context, data }, life);
  const tokenFile = join(data, "token");
  const token = await tokenFor(dependencies.store, { options, env: context.env, file: tokenFile });
  const server = await createServer(dependencies, registry, {
    host: options.host,
    port: options.port,
    version: VERSION,
    logRequests: false,
    routes: options.role === "worker" ? CALLBACKS : undefined,
  });
  life.url = server.url;
  life.closings.push(() => server.close());
  // Closings run in reverse order: the engine stops and hands over its runs before the HTTP server waits for open
  // requests.
  if (options.role !== "api") await startWork(dependencies, options, life);
  const stopping = new AbortController();
  void releaseStartMemory(systemClock, stopping.signal);
  life.closings.push(() => stopping.abort());
  const tokenPlace = options.role === "worker" ? "" : beFound(home, { url: server.url, token, tokenFile }, life);
  const ended = Promise.withResolvers<void>();
  return {
    role: options.role,
    url: server.url,
    token,
    tokenFile: tokenPlace,
    clusters: dependencies.clusters.entries().map(({ name, kind }) => ({ name, kind })),
    stop: () =>
      life
        .close()
        .then(ended.resolve, ended.reject)
        .then(() => ended.promise),
    done: ended.promise,
  };
}

function startPruning(
  dependencies: Dependencies<"store" | "clock" | "log">,
  { keep = {} }: ServeOptions,
  { closings }: Life,
): void {
  const stopping = new AbortController();
  const pruning = keepPruning(dependencies, { ...GENEROUS, ...keep }, stopping.signal);
  closings.push(() => {
    stopping.abort();
    return pruning;
  });
}

interface Tokens {
  readonly options: ServeOptions;
  readonly env: ServeEnvironment["env"];
  readonly file: string;
}

/** The token for the command line on this machine; empty for a worker, which serves no users. */
async function tokenFor(store: Store, { options, env, file }: Tokens): Promise<string> {
  if (options.role === "worker") return "";
  const given = env["KUBEMIN_ADMIN_TOKEN"];
  if (given !== undefined && given !== "") return ensureGivenToken(store, given, systemClock.now());
  return ensureLocalToken(store, file, systemClock.now());
}

/**
 * The only routes of a worker, in addition to its probes: programs on clusters report the state of their attempts
 * there.
 */
const CALLBACKS: readonly RouteName[] = ["beat", "complete"];

async function startWork(dependencies: EngineDependencies, options: ServeOptions, life: Life): Promise<void> {
  const { closings } = life;
  const engine = await startEngine(dependencies);
  closings.push(() => engine.stop());
  const sinks = await startSinks(dependencies);
  closings.push(() => sinks.stop());
  startPruning(dependencies, options, life);
}

/**
 * Records this server as the one that the command line on this machine finds, unless another one is recorded and still
 * runs. Returns the file that contains the token.
 */
function beFound(
  home: string,
  server: { readonly url: string; readonly token: string; readonly tokenFile: string },
  { closings }: Life,
): string {
  const { url, token, tokenFile } = server;
  if (!registerLocalServer(home, { url, token, pid: process.pid, started: ownStart() })) return tokenFile;
  closings.push(() => removeLocalServer(home));
  return localServerFile(home);
}

async function openDependencies(
  options: ServeOptions,
  { catalog, env, data }: ServeEnvironment & { readonly data: string },
  life: Life,
): Promise<{ readonly dependencies: EngineDependencies; readonly registry: Registry }> {
  const log = stderrLog;
  const store = await openStore(options.database ?? join(data, "kubemin.db"));
  life.closings.push(() => store.close());
  const key = keyOf(env, data);
  await sameKeyAsBefore(store, key.key, key.origin);
  const vault = aesVault(key.key);
  const clusters = await startClusterRegistry({
    fixed: await openClusters(options, { data, log }),
    store,
    vault,
    opener: kubernetesOpener({ clock: systemClock, log, allowedPlugins: options.allowExec ?? [] }),
    clock: systemClock,
    log,
  });
  life.closings.push(() => clusters.close());
  const shared = { store, clusters, catalog, vault, clock: systemClock, log };
  const outgoing = outgoingOf(options);
  const context = { schemas: createSchemas(), resolve: addressesOf };
  const registry = await openRegistry({ ...shared, outgoing, context: context });
  life.closings.push(() => registry.stop());
  const dependencies: EngineDependencies = {
    ...shared,
    jobTypes: registry.jobTypes,
    breakers: createBreakers(systemClock, { stopOf: registry.stopOf, ...quarantineFor(registry) }),
    outgoing,
    charts: chartsOf(options, env),
    dispatch: await openDispatch(options, log, life),
    publicUrl: () => options.publicUrl ?? life.url,
    newId,
  };
  registry.onRelease(() => void wakeAll(dependencies));
  return { dependencies, registry };
}

/** Wakes all unfinished runs, because their jobs may wait for a job type that is allowed to start again. */
async function wakeAll(dependencies: Dependencies<"store" | "dispatch" | "log">): Promise<void> {
  try {
    for (const run of await dependencies.store.runs.unfinished()) await wakeRun(dependencies, run);
  } catch (error) {
    dependencies.log.write("warn", "runs could not be woken after a job type was switched on", {
      error: String(error),
    });
  }
}

async function addressesOf(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map((one) => one.address);
}

async function openDispatch(
  { database, role, slots = SLOTS, projectLimit }: ServeOptions,
  log: Log,
  { closings }: Life,
): Promise<Dispatch> {
  const limits = { slots, ...(projectLimit === undefined ? {} : { groupLimit: projectLimit }) };
  if (database === undefined || !isPostgresUrl(database)) return inProcessDispatch(log, systemClock, limits);
  // Loading it takes 27 MB of memory, which a server on SQLite does not need.
  const { pgBossDispatch } = await import("./dispatch/postgres/pgBoss.ts");
  const dispatch = await pgBossDispatch({
    url: withPlainTls(database),
    log,
    clock: systemClock,
    works: role !== "api",
    ...limits,
  });
  closings.push(async () => {
    await dispatch.stop();
    await dispatch.close();
  });
  return dispatch;
}

/** helm is looked for only when a document first needs it, so that a server without charts runs without it. */
function chartsOf({ charts }: ServeOptions, env: ServeEnvironment["env"]): Charts {
  const folder = charts === undefined ? undefined : resolve(charts);
  if (folder !== undefined && !existsSync(folder)) throw new Error(`--charts: there is no folder ${folder}`);
  return helmCharts({ program: env["KUBEMIN_HELM"] || "helm", folder });
}

function outgoingOf({ allowOutgoing = [] }: ServeOptions): Outgoing {
  try {
    return createOutgoing({ allow: allowOutgoing, clock: systemClock });
  } catch (error) {
    throw new Error(`--allow-outgoing: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** 60 random bits in characters that are hard to confuse; short enough to type. */
function newId(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789x";
  return [...randomBytes(12)].map((byte) => letters[byte % letters.length]).join("");
}

/**
 * Refuses to start with another key than the one that sealed the secret values in this database: they could not be
 * opened.
 */
async function sameKeyAsBefore(store: Store, key: Uint8Array, origin: string): Promise<void> {
  const print = keyPrint(key);
  if ((await store.setting(KEY_SETTING, print)) !== print)
    throw new PlatformError("OtherKey", { what: "thisDatabase", origin });
}

async function openClusters(
  options: ServeOptions,
  { data, log }: { data: string; log: Log },
): Promise<readonly Cluster[]> {
  const clusters: Cluster[] = [];
  for (const context of new Set(options.contexts))
    clusters.push(
      await connectCluster({ name: context, kubeconfig: options.kubeconfig, context, clock: systemClock, log }),
    );
  const { sandboxNodes: nodes } = options;
  if (options.sandbox)
    clusters.push(createSandbox({ name: "sandbox", clock: systemClock, file: join(data, "sandbox.json"), nodes }));
  return clusters;
}

const stderrLog: Log = {
  write(level, message, fields = {}) {
    if (level === "debug") return;
    process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`);
  },
};

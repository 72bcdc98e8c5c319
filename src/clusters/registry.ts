// All clusters of a server: those that it was started with, and those that were registered later, by this process or
// another one. A cluster object exists as long as its registration, so runs on it continue when its credential is
// replaced.
import type { Clock } from "../ports/clock.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { ClusterEntry, ClusterRegistry, RegisteredCluster } from "../ports/clusterRegistry.ts";
import type { Log } from "../ports/log.ts";
import { createNews } from "../ports/news.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import { addCluster, type Registrar, removeCluster, updateCluster } from "./change.ts";
import type { Opened, Opener } from "./opener.ts";
import { type Pulse, startPulse } from "./pulse.ts";
import { openTarget } from "./sealing.ts";
import { watchStore } from "./watchStore.ts";

interface RegistryOptions {
  /** Clusters that the server was started with. A registered cluster cannot have the name of one of them. */
  readonly fixed: readonly Cluster[];
  readonly store: Pick<Store, "clusters" | "events">;
  readonly vault: Vault;
  readonly opener: Opener;
  readonly clock: Clock;
  readonly log: Log;
}

interface RunningRegistry extends ClusterRegistry {
  close(): Promise<void>;
}

interface OpenCluster {
  readonly cluster: Cluster;
  readonly pulse: Pulse;
  /** `null` for a cluster that the server was started with. */
  readonly opened: Opened | null;
  registered: RegisteredCluster | null;
}

export async function startClusterRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  const registry = new Registry(options);
  await registry.load();
  return registry.running();
}

class Registry {
  readonly #options: RegistryOptions;
  readonly #entries = new Map<string, OpenCluster>();
  readonly #changes = createNews();
  readonly #closing = new AbortController();
  /**
   * The last read of the store. Reads are done one after the other, so that an older one cannot overwrite a newer one.
   */
  #loading: Promise<void> = Promise.resolve();

  constructor(options: RegistryOptions) {
    this.#options = options;
    for (const cluster of options.fixed)
      this.#entries.set(cluster.name, { cluster, pulse: this.#pulseOf(cluster), opened: null, registered: null });
  }

  load(): Promise<void> {
    const next = this.#loading.catch(() => undefined).then(() => this.#read());
    this.#loading = next;
    return next;
  }

  running(): RunningRegistry {
    const { store, clock, log } = this.#options;
    const signal = this.#closing.signal;
    const watching = watchStore({ store, clock, log, signal, onChange: () => this.load() });
    const registrar: Registrar = { ...this.#options, load: () => this.load(), stateOf: (name) => this.#stateOf(name) };
    return {
      names: () => [...this.#entries.keys()],
      usable: (project) =>
        [...this.#entries.values()].filter((one) => mayUse(one, project)).map((one) => one.cluster.name),
      get: (name) => this.#entries.get(name)?.cluster,
      find: (name) => this.#find(name),
      onChange: (listener) => this.#changes.subscribe(listener),
      entries: () => [...this.#entries.values()].map(entryOf),
      add: (name, given, asked) => addCluster(registrar, { name, given }, asked),
      update: (name, change, asked) => updateCluster(registrar, { name, change }, asked),
      remove: (name, asked) => removeCluster(registrar, name, asked),
      close: async () => {
        this.#closing.abort();
        await watching;
        await Promise.all([...this.#entries.keys()].map((name) => this.#drop(name)));
      },
    };
  }

  async #find(name: string): Promise<Cluster | undefined> {
    if (!this.#entries.has(name)) await this.load();
    return this.#entries.get(name)?.cluster;
  }

  #stateOf(name: string): "fixed" | RegisteredCluster | undefined {
    const entry = this.#entries.get(name);
    return entry === undefined ? undefined : (entry.registered ?? "fixed");
  }

  async #read(): Promise<void> {
    const stored = await this.#options.store.clusters.list();
    if (this.#closing.signal.aborted) return;
    const names = new Set(stored.map((one) => one.name));
    let changed = false;
    for (const [name, entry] of this.#entries) {
      if (entry.registered === null || names.has(name)) continue;
      await this.#drop(name);
      changed = true;
    }
    for (const one of stored) changed = this.#take(one) || changed;
    if (changed) this.#changes.notify();
  }

  /** Returns true when a cluster was added. */
  #take(next: RegisteredCluster): boolean {
    const entry = this.#entries.get(next.name);
    if (entry?.opened === null || entry?.registered?.generation === next.generation) return false;
    try {
      const target = openTarget(this.#options.vault, next.target);
      if (entry !== undefined) {
        entry.registered = next;
        entry.opened?.retarget(target, { calls: next.calls });
        entry.pulse.again();
        return false;
      }
      const opened = this.#options.opener.open(next.name, target, { calls: next.calls });
      const { cluster } = opened;
      this.#entries.set(next.name, { cluster, pulse: this.#pulseOf(cluster), opened, registered: next });
      return true;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#options.log.write("error", "a registered cluster cannot be used", { cluster: next.name, detail });
      return false;
    }
  }

  #pulseOf(cluster: Cluster): Pulse {
    const { clock, log } = this.#options;
    return startPulse({
      cluster,
      clock,
      onTurn: ({ reachable, reason }) => {
        if (reachable) log.write("info", "a cluster answers again", { cluster: cluster.name });
        else
          log.write("warn", "a cluster is away", {
            cluster: cluster.name,
            reason: reason?.code ?? "",
            detail: String(reason?.params["detail"] ?? ""),
          });
      },
    });
  }

  async #drop(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    this.#entries.delete(name);
    entry?.pulse.stop();
    await entry?.cluster.close();
  }
}

function mayUse({ registered }: OpenCluster, project: string): boolean {
  return registered === null || registered.projects.length === 0 || registered.projects.includes(project);
}

function entryOf({ cluster, pulse, registered }: OpenCluster): ClusterEntry {
  return {
    name: cluster.name,
    kind: cluster.kind,
    registered,
    breaker: cluster.breakerOpen() ? "open" : "closed",
    pulse: () => pulse.now(),
  };
}
